"""Serving: the web server and the photo worker under one parent.

Owns process supervision for `flask serve`: the application is loaded once, then forked, so that
all processes share its memory. gunicorn's arbiter is the parent and also restarts a dead photo
worker. On a platform that runs processes itself, use the Procfile's `web` and `worker` instead.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from werkzeug.serving import run_simple

from app.config import ConfigError, Settings
from app.gathering import GatheringWorker
from app.lean import compile_no_more
from app.logs import log
from app.web.assets import served
from app.worker import run_worker

WORKER_PAUSE_S = 2.0
PR_SET_PDEATHSIG = 1
YOUNG_OBJECTS = 20_000
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
MALLOC = {M_TRIM_THRESHOLD: 500_000, M_MMAP_THRESHOLD: 600_000}
ACCEPT_PAUSE_S = 0.005
SWITCH_INTERVAL_S = 0.0005
"""Who holds the write gate gives the interpreter up at every statement; with Python's usual 5 ms it
would wait that long, again and again, behind threads that only read bodies."""


def require_address(settings: Settings) -> None:
    """Say at once, in one line, when nobody could listen on HOST and PORT. Raises ConfigError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        where = f"HOST {settings.host}, PORT {settings.port}"
        raise ConfigError(f"{where} cannot be used: {error.strerror}") from None


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """gunicorn's own words for our settings."""
    host = settings.host
    return {
        "bind": f"{f'[{host}]' if ':' in host else host}:{settings.port}",
        "workers": settings.web_workers,
        "worker_class": FairWorker,
        "threads": settings.web_threads,
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 20,
        "max_requests": 20_000,
        "max_requests_jitter": 2_000,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108
        "control_socket_disable": True,
        "certfile": settings.tls_cert,
        "keyfile": settings.tls_key,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "limit_request_line": 4094,
        "limit_request_fields": 60,
    }


class FairWorker(GatheringWorker):
    """Leaves the next connection to the other workers for a moment, once it has one for each thread.

    The library's worker takes every connection it sees first; in a herd that was nine of ten, and the
    other core stood idle.
    """

    accepts_after = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether the others come first."""
        return time.monotonic() < self.accepts_after

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled and not self.is_resting)

    def accept(self, listener: Any) -> None:
        super().accept(listener)
        if self.nr_conns > self.cfg.threads:
            self.accepts_after = time.monotonic() + ACCEPT_PAUSE_S
            self.set_accept_enabled(False)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(ACCEPT_PAUSE_S if self.is_resting else timeout)


def give_memory_back() -> None:
    """Let glibc return what photos held to the system; left alone, it keeps more the larger they were."""
    with suppress(AttributeError):  # another C library
        for parameter, size in MALLOC.items():
            ctypes.CDLL(None).mallopt(parameter, size)


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn with an application that is loaded already, and the photo worker beside it."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in gunicorn_settings(self._settings).items():
            if name in self.cfg.settings and value is not None:
                self.cfg.set(name, value)

    def load(self) -> Any:
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        give_memory_back()
        return served(self._app)

    def run(self) -> None:
        photo_worker = PhotoProcess(self._app) if self._settings.photo_worker else None
        Parent(self, photo_worker).run()


class PhotoProcess:
    """The photo worker's process, started again when it is gone, but not in a hurry."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pid = 0
        self._started_at = 0.0

    def keep_alive(self, listeners: Sequence[Any]) -> None:
        """Start it unless it runs; it lets go of `listeners`, which are the web server's."""
        if self._is_alive() or time.monotonic() - self._started_at < WORKER_PAUSE_S:
            return
        self._started_at = time.monotonic()
        self._pid = _fork(lambda: self._run(listeners))

    def _run(self, listeners: Sequence[Any]) -> None:
        for listener in listeners:
            listener.sock.close()
        run_worker(self._app)

    def stop(self) -> None:
        """Ask it to stop, and wait until the photos at hand are finished."""
        if self._is_alive():
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)

    def _is_alive(self) -> bool:
        # The arbiter waits for every child, so a dead one is gone at once.
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        return self._pid != 0


class Parent(Arbiter):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's arbiter, which looks after the photo worker too, once a second."""

    def __init__(self, web: Web, photo_worker: PhotoProcess | None) -> None:
        self._photo_worker = photo_worker
        super().__init__(web)

    def manage_workers(self) -> None:
        super().manage_workers()
        if self._photo_worker:
            self._photo_worker.keep_alive(self.LISTENERS)

    def stop(self, graceful: bool = True) -> None:
        super().stop(graceful)
        if self._photo_worker:
            self._photo_worker.stop()


def serve(app: Flask) -> None:
    """Run web server and photo worker until told to stop. Never returns."""
    compile_no_more()
    # What is loaded stays: a collection that looked at it would write to every page that is shared.
    app.extensions["photo_store"].may_wait = app.config["SETTINGS"].photo_worker
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    Web(app, app.config["SETTINGS"]).run()


def develop(app: Flask) -> None:
    """Serve with reloading for work on the code; the photo worker runs beside."""
    settings: Settings = app.config["SETTINGS"]
    first = os.environ.get("WERKZEUG_RUN_MAIN") != "true"
    worker = _fork(lambda: run_worker(app)) if first and settings.photo_worker else 0
    try:
        run_simple(settings.host, settings.port, app, use_reloader=True, threaded=True)
    finally:
        if worker:
            _stop(worker)


def in_child(run: Callable[[], Any]) -> None:
    """Do something in a process of its own and wait: what it opens does not stay with us.

    Ends this process too when that one fails.
    """
    _, status = os.waitpid(_fork(run), 0)
    if status:
        sys.exit(os.waitstatus_to_exitcode(status))


def _fork(run: Callable[[], Any]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    # The kernel ends us when our parent dies, even by SIGKILL; it may be dead already.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    for number in [*Arbiter.SIGNALS, signal.SIGCHLD]:
        signal.signal(number, signal.SIG_DFL)
    code = 1
    try:
        run()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except Exception:
        log.exception("process failed")
    finally:
        sys.stdout.flush()
        os._exit(code)


def _stop(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
