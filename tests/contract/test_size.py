"""The phone's bundle is what its sources give, and the whole shell is small enough for a poor network.

Counted are the very files that the service worker keeps, with the page and the worker itself, each as
it is sent (brotli): bytes, never time.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator

import brotli
import pytest
from flask import Flask

from app.build import STATIC
from tests.contract.tree import ROOT
from tools.bundle import contents, stale

LIMIT = 140_000


def sent(data: bytes) -> int:
    return len(brotli.compress(data, quality=11))


def kept(app: Flask) -> Iterator[tuple[str, bytes]]:
    """Address → bytes of all that the worker of `app` keeps, the page and the worker included."""
    client = app.test_client()
    for path in ("/app/", "/sw.js"):
        yield path, client.get(path).data
    worker = client.get("/sw.js").text
    found = re.search(r"^const PRECACHE = (\{.*\});$", worker, re.MULTILINE)
    assert found
    for url in json.loads(found[1]):
        yield url, (STATIC / url.removeprefix(f"{app.static_url_path}/")).read_bytes()


def test_f17_the_whole_shell_is_at_most_140_kb(app: Flask) -> None:
    sizes = {path: sent(data) for path, data in kept(app)}
    assert sum(sizes.values()) <= LIMIT, sorted(sizes.items(), key=lambda one: -one[1])


def test_the_page_asks_for_nothing_that_the_worker_does_not_keep(app: Flask) -> None:
    addresses = {path for path, _ in kept(app)}
    page = app.test_client().get("/app/").text
    asked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    home_screen = {path for path in asked if path.endswith(".png")}
    assert asked - home_screen <= addresses


@pytest.mark.parametrize("path", ["/", "/om", "/integritet"])
def test_a_page_of_text_has_its_styles_in_it_and_no_script(app: Flask, path: str) -> None:
    page = app.test_client().get(path).text
    assert len(re.findall(r"<style>", page)) == 1
    assert 'rel="stylesheet"' not in page
    assert "<script" not in page


def test_the_bundle_is_what_the_sources_give() -> None:
    assert not stale(), "run `make bundle`"


def test_the_bundle_is_committed() -> None:
    known = subprocess.run(
        ["git", "ls-files", "--", "app/static"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert {f"app/static/{name}" for name in contents(STATIC)} <= set(known)
