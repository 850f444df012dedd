"""Correct first: twenty herds on each database; the desk's feed shows every answered pin, none twice.

BENCH_HERDS sets the number, BENCH_POSTGRES a PostgreSQL address that may create databases.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import uuid
from pathlib import Path

import psycopg

from bench.herd import Result, run_app
from bench.machine import start_app
from bench.walks import make_walk

HERDS = int(os.environ.get("BENCH_HERDS", "20"))
PHONES, PINS = 20, 10


def main() -> None:
    admin = os.environ.get("BENCH_POSTGRES")
    print(f"correct  SQLite      {_herds(None)}")
    if admin is None:
        raise SystemExit("set BENCH_POSTGRES to a PostgreSQL address that may create databases")
    print(f"correct  PostgreSQL  {_herds(admin)}")


def _herds(admin: str | None) -> str:
    results = [_herd(admin) for _ in range(HERDS)]
    whole = sum(result.missed == 0 and result.doubled == 0 and _fine(result) for result in results)
    return f"{whole} of {HERDS} herds of {PHONES * PINS} pins: all seen, none twice, only 201"


def _fine(result: Result) -> bool:
    return set(result.statuses) == {201}


def _herd(admin: str | None) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        server = start_app(Path(folder), _new_database(admin) if admin else None)
        try:
            bench = make_walk(server)
            return asyncio.run(run_app(server, bench.code, bench.desk_cookie, PHONES, PINS))
        finally:
            server.stop()


def _new_database(admin: str) -> str:
    name = f"bench_{uuid.uuid4().hex}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    base, _, query = admin.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")
