"""The real app as its own processes, on a free port, killed and started again at will.

Owns one running `flask serve` per test and what can be done to it from outside. Promises that the
server answered /healthz before a test gets it, and that no process of it survives the test.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.chaos.proxy import ChaosProxy
from tests.databases import Database
from tests.processes import end, free_port, start
from tests.waiting import wait_until
from tests.warm import WarmProcess

ROOT = Path(__file__).resolve().parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "app")
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")


def inherited() -> dict[str, str]:
    """The little of this process's environment that a child needs."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def command_line(environment: dict[str, str], *words: str, timeout: float = 120) -> str:
    """The output of `flask <words>`; fails the test with it when the command does."""
    done = subprocess.run(
        [*FLASK, *words],
        cwd=ROOT,
        env=inherited() | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, f"flask {' '.join(words)}: {done.stdout}{done.stderr}"
    return done.stdout


class Server:
    """One deployment of the app: its data outlives `kill` and is found again by `start`."""

    def __init__(
        self, environment: dict[str, str], log: Path, demo: bool = False, cold: bool = False
    ) -> None:
        self.port = int(environment["PORT"])
        self.log = log
        self._environment = environment
        self._words = ["serve", *(["--demo"] if demo else [])]
        self._is_cold = cold
        self._process: subprocess.Popen[bytes] | WarmProcess | None = None

    @property
    def data_dir(self) -> Path:
        return Path(self._environment["DATA_DIR"])

    @property
    def url(self) -> str:
        """What a browser on this machine opens; localhost counts as a secure context."""
        return f"http://localhost:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it answers."""
        environment = inherited() | self._environment
        if self._is_cold:
            with self.log.open("ab") as output:
                command = [*FLASK, *self._words]
                self._process = start(
                    command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
                )
        else:
            self._process = WarmProcess(self._words, ROOT, environment, self.log)
        wait_until(self._healthy, f"{self.url}/healthz", seconds=60)

    def stop(self) -> None:
        """Ask it to end, as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the parent, all workers and the photo worker at once: the plug is pulled."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.kill()
        self.start()

    def cli(self, *words: str) -> str:
        """The output of `flask <words>` on this deployment's data."""
        return command_line(self._environment, *words)

    def output(self) -> str:
        """Everything the processes printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def find(self, pattern: str) -> str:
        """The first group of `pattern` in the output, as soon as it is printed."""
        found = wait_until(lambda: re.search(pattern, self.output()), f"{pattern} in the server's output")
        return found[1]

    def _healthy(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended at its start:\n{self.output()[-4000:]}"
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if how is signal.SIGTERM:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
        end(self._process)
        self._process = None


ServerFactory = Callable[..., Server]


@pytest.fixture(scope="session")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as a first start compresses them; done once for all servers."""
    from app.build import build_id
    from app.web.assets import compressed_static

    return compressed_static(tmp_path_factory.mktemp("static"), build_id())


def serving(
    database: Database, logs: Path, compressed: Path, demo: bool = False, cold: bool = False, **settings: str
) -> Server:
    """A server of `database` that is not started yet."""
    if not (database.data_dir / "static").exists():
        (database.data_dir / "static").symlink_to(compressed.parent)
    port = settings.pop("PORT", str(free_port()))
    where = {"PORT": port, "HOST": "127.0.0.1", "PUBLIC_URL": f"http://localhost:{port}"}
    environment = database.environment(**(where | {"PHOTO_WORKER": "on"} | settings))
    return Server(environment, logs / f"server-{port}.log", demo, cold)


@pytest.fixture
def server_factory(tmp_path: Path, compressed: Path) -> Iterator[ServerFactory]:
    """server_factory(database, demo=False, cold=False, SETTING="value", …) → a started Server.

    With cold=True it is started as an operator's is, from nothing.
    """
    made: list[Server] = []

    def make(database: Database, demo: bool = False, cold: bool = False, **settings: str) -> Server:
        server = serving(database, tmp_path, compressed, demo, cold, **settings)
        made.append(server)
        server.start()
        return server

    yield make
    for server in made:
        server.kill()


@pytest.fixture
def server(server_factory: ServerFactory, database: Database) -> Server:
    """The app on this test's database, once per engine."""
    return server_factory(database)


@pytest.fixture
def proxy_factory() -> Iterator[Callable[[int, int], ChaosProxy]]:
    """proxy_factory(upstream_port, port=0) → a started ChaosProxy."""
    made: list[ChaosProxy] = []

    def make(upstream: int, port: int = 0) -> ChaosProxy:
        proxy = ChaosProxy(upstream, port)
        proxy.start()
        made.append(proxy)
        return proxy

    yield make
    for proxy in made:
        proxy.stop()
