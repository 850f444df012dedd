"""The app as processes: it answers, keeps what it has over a kill, and ends when told."""

from __future__ import annotations

import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.databases import Database
from tests.servers import Server, ServerFactory
from tests.waiting import wait_until

GONE = (urllib.error.URLError, ConnectionError)
"""The last worker's socket may still take a connection while the kernel ends it."""


def status(server: Server) -> int:
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
        return int(answer.status)


def test_the_app_answers_on_both_engines(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200


def test_a_killed_server_comes_back_on_its_data(server_factory: ServerFactory, database: Database) -> None:
    server = server_factory(database, cold=True)
    assert status(server) == 200
    server.kill()
    with pytest.raises(GONE):
        status(server)
    server.start()
    assert status(server) == 200
    server.stop()
    with pytest.raises(GONE):
        status(server)


def test_a_warm_start_is_a_process_like_a_cold_one(
    server_factory: ServerFactory, new_database: Callable[[str], Database]
) -> None:
    """Its own session, folder, input and signals, and nothing of whoever it was forked from."""
    cold, warm = (told_of(server_factory(new_database("sqlite"), cold=cold).pid) for cold in (True, False))
    assert warm == cold
    assert warm["leads its session"]


MANY = 200
"""More connections than one worker takes while the other one is only waking up."""
LIBRARYS_OWN = 1 << 31 | 1 << 32
"""Signals 32 and 33: the C library takes them for its threads when it first needs to."""


def told_of(pid: int) -> dict[str, object]:
    """What /proc says of a process that could differ by how it was started."""
    process = Path(f"/proc/{pid}")
    text = (process / "status").read_text()
    status = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    return {
        "leads its session": os.getsid(pid) == pid,
        "folder": (process / "cwd").readlink(),
        "input": (process / "fd/0").readlink(),
        "signals": [int(status[name], 16) & ~LIBRARYS_OWN for name in ("SigBlk", "SigIgn", "SigCgt")],
    }


def children(pid: int) -> dict[int, int]:
    """The processes below `pid`, each with its niceness: the photo worker's is above zero."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return {
        child: int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[16]) for child in found
    }


def photo_worker(server: Server) -> int | None:
    return next((pid for pid, niceness in children(server.pid).items() if niceness > 0), None)


@pytest.fixture
def working_server(server_factory: ServerFactory, database: Database) -> Server:
    return server_factory(database, cold=True, PHOTO_WORKER="on")


@pytest.mark.sqlite_is_enough  # processes, not data
def test_a_dead_photo_worker_is_replaced(working_server: Server) -> None:
    first = wait_until(lambda: photo_worker(working_server), "the photo worker")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: photo_worker(working_server) not in (None, first), "another photo worker")
    assert status(working_server) == 200


@pytest.mark.sqlite_is_enough
def test_all_end_when_only_the_parent_is_killed(working_server: Server) -> None:
    wait_until(lambda: photo_worker(working_server), "the photo worker")
    left = set(children(working_server.pid))
    os.kill(working_server.pid, signal.SIGKILL)
    wait_until(lambda: not {pid for pid in left if Path(f"/proc/{pid}").exists()}, "every child gone")
    working_server.restart()
    assert status(working_server) == 200


def taken_by(pid: int, server: Server, ours: list[socket.socket]) -> int:
    """How many of our connections the process has taken."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = {one.getsockname()[1] for one in ours}
    ends = {
        f"socket:[{inode}]"
        for _, here, there, _, _, _, _, _, _, inode, *_ in lines
        if int(here.split(":")[1], 16) == server.port and int(there.split(":")[1], 16) in ports
    }
    held = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(fd.readlink()))
    return len(ends & held)


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """The processes stand still for as long as the block runs."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@pytest.mark.sqlite_is_enough
def test_who_is_awake_first_leaves_connections_to_the_other_worker(
    server_factory: ServerFactory, database: Database
) -> None:
    """A phone stays with the worker that took its connection: one that takes all leaves a core idle."""
    server = server_factory(database, cold=True, PHOTO_WORKER="off", WEB_WORKERS="2")
    early, late = wait_until(lambda: len(found := [*children(server.pid)]) == 2 and found, "two workers")
    for other in (early, late):
        with stopped(other):
            assert status(server) == 200  # the one that is left has begun
    ours: list[socket.socket] = []
    with ExitStack() as opened:
        with stopped(late):
            with stopped(early):
                for _ in range(MANY):
                    connection = socket.create_connection(("127.0.0.1", server.port))
                    ours.append(opened.enter_context(connection))
            wait_until(lambda: taken_by(early, server, ours) > 4, "more than it has threads", every=0.001)
        shares = wait_until(
            lambda: sum(now := [taken_by(pid, server, ours) for pid in (early, late)]) == MANY and now,
            "all connections taken",
        )
    assert min(shares) >= MANY // 8, shares
