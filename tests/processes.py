"""Child processes that cannot outlive the test run.

Owns free ports and the one way to start a child: in its own group, ended by the kernel when this
process dies.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(command: Sequence[str | os.PathLike[str]], **options: Any) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig=TERM", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
    """Signal the whole group and wait until its leader is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait(30)
