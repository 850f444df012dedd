"""Turns an uploaded photo into the two encodings that are ever shown.

Owns the child processes that decode (`image_child.py`) and the guards around them. Promises that
a hostile picture ends as `BadPhoto` or `DecoderLost` and never as this process's death, that no
more than two pictures are decoded at a time and one heavy one, and that a child which hangs is
killed. Keeps no photo and
knows no database.
"""

from __future__ import annotations

import atexit
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from app.adapters.image_child import ANSWER, DONE, REQUEST, STATUS, TOO_HEAVY
from app.rules import photos
from app.rules.photos import Quarantine

CHILD = Path(__file__).with_name("image_child.py")
DECODERS = min(2, len(os.sched_getaffinity(0)))
WALL_SECONDS = 60.0
HEAVY_BYTES = 40_000_000
# Freed pages go back to the child's own heap: asking the kernel anew for every picture costs a fifth
# of its time. A child that has held a heavy picture is ended instead.
CHILD_ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "67108864"}
START_OF_SCAN = b"\xff\xda"


class BadPhoto(Exception):
    """The picture itself is at fault: trying again will not help. `reason` says how."""

    def __init__(self, reason: Quarantine) -> None:
        super().__init__(reason.value)
        self.reason = reason


class DecoderLost(Exception):
    """The child died or hung; the picture may be at fault, or the machine may be short of memory."""


@dataclass(frozen=True)
class Encoded:
    """Our two encodings, both JPEG; sizes are (width, height)."""

    full: bytes
    full_size: tuple[int, int]
    thumb: bytes
    thumb_size: tuple[int, int]


def encode(data: bytes) -> Encoded:
    """Make both encodings of the picture in `data`.

    Raises BadPhoto for a picture that cannot or must not be decoded, DecoderLost when its decoder
    had to be given up.
    """
    header = _judge(data)
    if header.decode_bytes > HEAVY_BYTES:
        with _heavy, _cores, closing(_Child()) as child:
            return child.encode(data, header.size)
    with _cores, _borrowed() as child:
        return child.encode(data, header.size)


def _judge(data: bytes) -> photos.Header:
    try:
        header = photos.read_header(io.BytesIO(data))
    except photos.PhotoRefused as refused:
        too_large = refused.reason is photos.Refusal.TOO_LARGE
        raise BadPhoto(Quarantine.TOO_HEAVY if too_large else Quarantine.UNREADABLE) from refused
    if header.kept_bytes and photos.has_too_many_scans(header, data.count(START_OF_SCAN)):
        raise BadPhoto(Quarantine.TOO_HEAVY)
    return header


_heavy = threading.Lock()
_cores = threading.BoundedSemaphore(DECODERS)
_idle: list[_Child] = []


@contextmanager
def _borrowed() -> Iterator[_Child]:
    """A child of one's own; it comes back to the shelf only if it is still sound."""
    child = _idle_child() or _Child()
    try:
        yield child
    except BadPhoto:
        _idle.append(child)
        raise
    except BaseException:
        child.close()
        raise
    _idle.append(child)


def _idle_child() -> _Child | None:
    while _idle:
        child = _idle.pop()
        if child.is_alive():
            return child
    return None


@atexit.register
def close() -> None:
    """End the children that wait for work."""
    while _idle:
        _idle.pop().close()


class _Child:
    """One decoding process and its two pipes. Used by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # our own file, no shell, no input of others
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=CHILD_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        self._to_child = cast(BinaryIO, self._process.stdin)
        self._from_child = cast(BinaryIO, self._process.stdout)

    def is_alive(self) -> bool:
        """Whether it still waits for work; one that went home is put away."""
        if self._process.poll() is None:
            return True
        self._close_pipes()
        return False

    def encode(self, data: bytes, size: tuple[int, int]) -> Encoded:
        watch = threading.Timer(WALL_SECONDS, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            self._to_child.write(REQUEST.pack(*size, len(data)))
            self._to_child.write(data)
            self._to_child.flush()
            return self._answer()
        except BrokenPipeError:
            raise DecoderLost from None
        finally:
            watch.cancel()

    def _answer(self) -> Encoded:
        status, length = STATUS.unpack(self._read(STATUS.size))
        if status != DONE:
            self._read(length)
            raise BadPhoto(Quarantine.TOO_HEAVY if status == TOO_HEAVY else Quarantine.UNREADABLE)
        sizes = ANSWER.unpack(self._read(ANSWER.size))
        full, thumb = self._read(sizes[2]), self._read(sizes[5])
        return Encoded(full, sizes[0:2], thumb, sizes[3:5])

    def _read(self, size: int) -> bytes:
        data = self._from_child.read(size)
        if len(data) < size:
            raise DecoderLost
        return data

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def _close_pipes(self) -> None:
        self._from_child.close()
        # Unsent bytes have nobody left to go to: close the pipe without flushing them.
        cast(io.BufferedWriter, self._to_child).raw.close()
