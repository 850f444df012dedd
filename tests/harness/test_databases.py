"""The private PostgreSQL, the S3 server and the closed door, without the app."""

from __future__ import annotations

import socket

import psycopg
import pytest
from obstore.store import from_url

from tests.databases import Cluster


def test_a_copy_of_a_template_has_its_rows(cluster: Cluster) -> None:
    template = cluster.create()
    with psycopg.connect(cluster.dsn(template)) as connection:
        connection.execute("CREATE TABLE pin AS SELECT 1 AS id")
    copy = cluster.create(template)
    with psycopg.connect(cluster.dsn(copy)) as connection:
        assert connection.execute("SELECT id FROM pin").fetchall() == [(1,)]
    cluster.drop(copy)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.dsn(copy))


def test_the_s3_server_keeps_what_is_put(s3_url: str) -> None:
    store = from_url(s3_url)
    store.put("a.jpg", b"bytes")
    assert bytes(store.get("a.jpg").bytes()) == b"bytes"
    assert [one["path"] for one in store.list().collect()] == ["a.jpg"]


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_nothing_leaves_the_machine(address: tuple[str, int]) -> None:
    with socket.socket() as door, pytest.raises(AssertionError, match="only loopback"):
        door.connect(address)
