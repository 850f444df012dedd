"""Processes under measurement: starting them, their CPU seconds and their memory."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A started server: its process, port, data directory and seconds to the first answer."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    started_s: float
    env: dict[str, str]

    def tree(self) -> list[int]:
        """All processes below and including the server's own."""
        return _tree(self.process.pid)

    def cpu_s(self) -> float:
        return sum(_cpu_s(pid) for pid in self.tree())

    def pss_mb(self) -> float:
        return sum(_pss_kb(pid) for pid in self.tree()) / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def renderer_mb(pid: int) -> float:
    """The memory of the largest page process of any browser below `pid`."""
    pages = [one for one in _tree(pid) if "--type=renderer" in _command(one)]
    return max((_pss_kb(one) for one in pages), default=0) / 1024


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def start_app(folder: Path, database_url: str | None = None, worker: bool = False, **more: str) -> Server:
    """The app under `flask serve`, with logs off, as it would run in earnest."""
    port = free_port()
    env = {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "SECRET_KEY": secrets.token_hex(32),
        "LOG_LEVEL": "WARNING",
        "PHOTO_WORKER": "on" if worker else "off",
        "PINS_PER_DEVICE": "1000000",
        "PHOTOS_PER_DEVICE": "1000000",
        "PHOTO_MB_PER_DEVICE": "1000000",
    }
    env |= {"DATABASE_URL": database_url} if database_url else {}
    command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    return _start(command, {**os.environ, **env, **more}, port, folder, "/healthz")


def start_floor(folder: Path) -> Server:
    """The floor on a database made beforehand: two workers that switch to WAL at once would clash."""
    with sqlite3.connect(folder / "floor.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE thing (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)")
    database.close()
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bench.floor:app", "-b", f"127.0.0.1:{port}"]
    command += ["-w", "2", "-k", "gthread", "--threads", "4", "--log-level", "warning", "--no-control-socket"]
    return _start(command, {**os.environ, "FLOOR_DIR": str(folder)}, port, folder, "/")


def _start(command: list[str], env: dict[str, str], port: int, folder: Path, path: str) -> Server:
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    while True:
        try:
            urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5).close()
            break
        except urllib.error.HTTPError:
            break
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"{command} ended with {process.returncode}") from None
            time.sleep(0.02)
    return Server(process, port, folder, time.perf_counter() - begun, env)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _tree(int(child))
    return found


def _cpu_s(pid: int) -> float:
    """User and system time, with that of children that have been waited for."""
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(value) for value in values[11:15]) / TICKS


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
