"""A small process of its own for work on pixels: two pipes, one request at a time, killed when it hangs.

Owns starting, watching and ending such a process. Promises that a child which dies or hangs is
`Lost` and never this process's death, that one which could not even begin is `Unable` and blames no
picture, that it gets none of our environment, and that it writes no compiled files: on a full disk
Python leaves half of one and stumbles over it ever after. What is asked and answered is for those who
use it; each child says READY first.
"""

from __future__ import annotations

import atexit
import io
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar, cast

WALL_SECONDS = 60.0
READY = b"+"


class Lost(Exception):
    """The child died or hung; what it was given may be at fault, or the machine may be short of memory."""


class Unable(Lost):
    """The child ended before it was ready for work: what it should have been given is not at fault."""


class Child:
    """One process and its two pipes. Used by one thread at a time."""

    def __init__(self, script: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # our own file, no shell, no input of others
            [sys.executable, "-I", "-B", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
        self._to_child = cast(BinaryIO, self._process.stdin)
        self._from_child = cast(BinaryIO, self._process.stdout)
        self._is_ready = False

    def is_alive(self) -> bool:
        """Whether it still waits for work; one that went home is put away."""
        if self._process.poll() is None:
            return True
        self._close_pipes()
        return False

    @contextmanager
    def asked(self, *parts: bytes) -> Iterator[None]:
        """Send a request once it is ready; the answer is read inside the block. Raises Unable, Lost."""
        watch = threading.Timer(WALL_SECONDS, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            self._wait_until_ready()
            for part in parts:
                self._to_child.write(part)
            self._to_child.flush()
            yield
        except BrokenPipeError:
            raise Lost from None
        finally:
            watch.cancel()

    def _wait_until_ready(self) -> None:
        if not self._is_ready and self._from_child.read(len(READY)) != READY:
            raise Unable
        self._is_ready = True

    def read(self, size: int) -> bytes:
        """So many bytes of the answer. Raises Lost."""
        data = self._from_child.read(size)
        if len(data) < size:
            raise Lost
        return data

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def _close_pipes(self) -> None:
        self._from_child.close()
        # Unsent bytes have nobody left to go to: close the pipe without flushing them.
        cast(io.BufferedWriter, self._to_child).raw.close()


C = TypeVar("C", bound=Child)


class Shelf(Generic[C]):
    """Children that wait for work, for the next who asks; ended with this process."""

    def __init__(self, make: Callable[[], C], unharmed_by: type[BaseException] | tuple[()] = ()) -> None:
        """`unharmed_by`: what may be raised while a child is borrowed and leaves it sound."""
        self._make, self._unharmed_by = make, unharmed_by
        self._idle: list[C] = []
        atexit.register(self.close)

    @contextmanager
    def borrowed(self) -> Iterator[C]:
        """A child of one's own; it comes back to the shelf only if it is still sound."""
        child = self._waiting() or self._make()
        try:
            yield child
        except BaseException as error:
            if isinstance(error, self._unharmed_by):
                self._idle.append(child)
            else:
                child.close()
            raise
        self._idle.append(child)

    def _waiting(self) -> C | None:
        while self._idle:
            child = self._idle.pop()
            if child.is_alive():
                return child
        return None

    def close(self) -> None:
        """End those that wait."""
        while self._idle:
            self._idle.pop().close()
