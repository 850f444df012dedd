"""The app as processes: it answers, keeps what it has over a kill, and ends when told."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from flask.testing import FlaskClient

from tests.servers import Server

GONE = (urllib.error.URLError, ConnectionError)
"""The last worker's socket may still take a connection while the kernel ends it."""


def status(server: Server) -> int:
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
        return int(answer.status)


def test_the_app_answers_on_both_engines(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_a_killed_server_comes_back_on_its_data(server: Server) -> None:
    assert status(server) == 200
    server.kill()
    with pytest.raises(GONE):
        status(server)
    server.start()
    assert status(server) == 200
    server.stop()
    with pytest.raises(GONE):
        status(server)
