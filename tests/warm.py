"""`flask …` as a process that has its imports behind it: forked from one that did them before.

To import everything takes longer than what most servers of tests live for. Promises what a started
process is in all else: its own environment, folder, output, session, signals, and an end with whoever
started it. How a cold start goes is for tests.harness to try.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.warm_imports"])
PR_SET_PDEATHSIG = 1


class WarmProcess:
    """The part of subprocess.Popen that tests.servers and tests.processes use."""

    def __init__(self, words: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path) -> None:
        self.args = ["flask", *words]
        self._process: ForkServerProcess = FORKS.Process(
            target=_flask, args=(self.args, cwd, dict(env), log), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self._process.exitcode


def _flask(words: list[str], cwd: Path, env: dict[str, str], log: Path) -> None:
    """Become `flask <words>`, in the forked process."""
    from flask.cli import main

    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = words
    main()
