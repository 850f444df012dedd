"""Asking map servers: one way to open a web address, and one line for each way in which that fails.

Owns how we present ourselves and how long we wait. Raises PackError and nothing else.
"""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any

from app.rules.packs import PackError

AGENT = "trygga-steg (map packs for safety walks)"
BUSY = (429, 502, 503, 504)


def host_of(address: str) -> str:
    """The host of a web address. Raises PackError for anything else."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise PackError(f"“{address[:80]}” is no web address")
    return parts.hostname


@contextmanager
def answer(
    address: str, patience_s: float, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Iterator[Any]:
    """The open answer, to be read within the block. Raises PackError, also when it breaks off there."""
    host = host_of(address)
    request = urllib.request.Request(address, body, {"User-Agent": AGENT, **(headers or {})})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=patience_s) as response:  # noqa: S310  # host_of has looked
            yield response
    except urllib.error.HTTPError as error:
        if error.code in BUSY:
            raise PackError(f"{host} is busy (status {error.code}): try again in some minutes") from None
        raise PackError(f"{host} refused with status {error.code}") from None
    except urllib.error.URLError as error:
        raise PackError(f"no network to {host}: {error.reason}") from None
    except (TimeoutError, ConnectionError, HTTPException) as error:
        raise PackError(f"the answer from {host} broke off: {error}") from None
