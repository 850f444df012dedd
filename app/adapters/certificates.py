"""A certificate for trying the app on a real phone in the same network.

Owns a private authority in DATA_DIR/phone, made once with trustme, and a certificate for this
machine's address. For real service use a proxy with a public certificate (docs/DEPLOY.md).
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

VALID = timedelta(days=397)
"""Phones refuse certificates that hold much longer."""


@dataclass(frozen=True)
class Certificate:
    """Files in PEM form: what phones shall trust, and what the server uses."""

    authority: Path
    chain: Path
    key: Path


def own_address() -> str:
    """This machine's address in the local network; no packet is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def certificate_for(address: str, folder: Path) -> Certificate:
    """A certificate for `address`, signed by the authority in `folder`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(folder)
    issued = authority.issue_cert(address, "localhost", not_after=datetime.now(UTC) + VALID)
    chain, key = folder / "server.pem", folder / "server.key"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    _write_secret(key, issued.private_key_pem.bytes())
    return Certificate(folder / "authority.pem", chain, key)


def _authority(folder: Path) -> trustme.CA:
    """The same authority every time, so that a phone needs to trust it only once."""
    public, secret = folder / "authority.pem", folder / "authority.key"
    if public.exists() and secret.exists():
        return trustme.CA.from_pem(public.read_bytes(), secret.read_bytes())
    made = trustme.CA(organization_name="Trygga steg", organization_unit_name="own network only")
    public.write_bytes(made.cert_pem.bytes())
    _write_secret(secret, made.private_key_pem.bytes())
    return made


def _write_secret(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
