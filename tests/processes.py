"""Child processes that cannot outlive the test run.

Owns free ports and the one way to start a child: in its own group, ended by the kernel when this
process dies.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.waiting import wait_until
from tests.warm import WarmProcess

OF_NOBODY = (20_000, 32_000)
"""Below those that Linux gives to outgoing connections (from 32 768 on)."""
DICE = random.SystemRandom()


def free_port() -> int:
    """A port that nobody uses now, of those that the kernel gives to nobody who does not ask for it.

    A server that is killed and started again finds it free: no client's connection got it meanwhile.
    """
    while True:
        port = DICE.randrange(*OF_NOBODY)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def start(command: Sequence[str | os.PathLike[str]], **options: Any) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig=TERM", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )


def end(process: subprocess.Popen[bytes] | WarmProcess, how: signal.Signals = signal.SIGKILL) -> None:
    """Signal the whole group and wait until none of it runs: no port is held, no file written."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait(30)
    wait_until(lambda: not _running(process.pid), f"the end of {process.args}")


def _running(group: int) -> list[int]:
    """The processes of the group that are more than an entry in the table."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, _, their_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(their_group) == group and state not in "ZX":
                    found.append(int(entry.name))
    return found
