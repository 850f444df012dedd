"""Serving: the web server and the photo worker under one parent.

Owns process supervision for `flask serve`: the application is loaded once, then forked, so that
workers share its memory. Restarts a dead photo worker; ends with the web server. On a platform
that runs processes itself, use the Procfile's `web` and `worker` instead.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from werkzeug.serving import run_simple

from app.config import Settings
from app.logs import log
from app.web.assets import served
from app.worker import run_worker

WORKER_PAUSE_S = 2.0
PR_SET_PDEATHSIG = 1
SWITCH_INTERVAL_S = 0.0005
"""Who holds the write gate gives the interpreter up at every statement; with Python's usual 5 ms it
would wait that long, again and again, behind threads that only read bodies."""


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """gunicorn's own words for our settings."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.web_workers,
        "worker_class": "gthread",
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


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn with an application that is loaded already."""

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
        return served(self._app)


def serve(app: Flask) -> None:
    """Run web server and photo worker until told to stop. Never returns."""
    settings: Settings = app.config["SETTINGS"]
    web = _fork(lambda: Web(app, settings).run())
    worker = _fork(lambda: run_worker(app)) if settings.photo_worker else 0
    _forward_signals(web)
    while True:
        pid, status = os.wait()
        if pid == web:
            if worker:
                _stop(worker)
            sys.exit(os.waitstatus_to_exitcode(status))
        if pid == worker:
            time.sleep(WORKER_PAUSE_S)
            worker = _fork(lambda: run_worker(app))


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
    for number in (signal.SIGTERM, signal.SIGINT):
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


def _forward_signals(web: int) -> None:
    def stop(_number: int, _frame: object) -> None:
        _stop(web)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _stop(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
