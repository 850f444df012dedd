"""The private PostgreSQL, the S3 server and the closed door, and what is used again."""

from __future__ import annotations

import socket
from pathlib import Path

import psycopg
import pytest
from obstore.store import from_url

from tests.apps import Apps
from tests.cast import make_cast
from tests.databases import TABLES, Cluster, Database, Migrated


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


def rows_of(cluster: Cluster, name: str) -> list[int]:
    """How many rows each table has."""
    with psycopg.connect(cluster.dsn(name)) as connection:
        tables = [table for (table,) in connection.execute(TABLES)]
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_a_used_database_is_emptied_for_the_next_test(
    cluster: Cluster, migrated: Migrated, apps: Apps, tmp_path: Path
) -> None:
    name = migrated.take()
    database = Database("postgres", cluster.dsn(name), tmp_path)
    assert len(rows_of(cluster, name)) > 20
    with psycopg.connect(cluster.dsn(name)) as open_meanwhile:
        (sequence,) = open_meanwhile.execute("SELECT seqrelid::regclass::text FROM pg_sequence").fetchone()
        first = open_meanwhile.execute("SELECT nextval(%s)", [sequence]).fetchone()
        open_meanwhile.rollback()
        leased = apps.lease(database)
        make_cast(leased.app).amina.put_pin()
        apps.give_back(leased)
        assert sum(rows_of(cluster, name)) > 10
        migrated.give_back(name)
        assert migrated.take() == name
        assert set(rows_of(cluster, name)) == {0}
        assert open_meanwhile.execute("SELECT nextval(%s)", [sequence]).fetchone() == first
    migrated.give_back(name)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE pin ADD COLUMN more text",
        "ALTER TABLE pin ALTER COLUMN lat DROP NOT NULL",
        "CREATE INDEX another ON pin (lat)",
        "DROP TABLE pin CASCADE",
        "UPDATE alembic_version SET version_num = 'none'",
    ],
)
def test_an_altered_database_is_not_used_again(cluster: Cluster, migrated: Migrated, change: str) -> None:
    name = migrated.take()
    with psycopg.connect(cluster.dsn(name)) as connection:
        connection.execute(change)
    migrated.give_back(name)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.dsn(name))


def test_the_s3_server_keeps_what_is_put(s3_url: str) -> None:
    store = from_url(s3_url)
    store.put("a.jpg", b"bytes")
    assert bytes(store.get("a.jpg").bytes()) == b"bytes"
    assert [one["path"] for one in store.list().collect()] == ["a.jpg"]


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_nothing_leaves_the_machine(address: tuple[str, int]) -> None:
    with socket.socket() as door, pytest.raises(AssertionError, match="only loopback"):
        door.connect(address)
