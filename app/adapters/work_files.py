"""Files of work under way, in a folder that is gone afterwards.

Promises that a disk without room is told as that, and is never mistaken for a fault of what is being read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.adapters.photo_store import typed_errors, write_all


@contextmanager
def work_folder(directory: Path, prefix: str) -> Iterator[Path]:
    """A new folder in `directory`, gone with the block. Raises StoreFull, StoreUnavailable."""
    with typed_errors():
        folder = TemporaryDirectory(dir=directory, prefix=prefix)
    with folder as path:
        yield Path(path)


def write_file(path: Path, chunks: Iterable[bytes]) -> int:
    """Write `chunks` to a file, in place of what it held; how many they were.

    Raises StoreFull, StoreUnavailable, and whatever `chunks` raises.
    """
    count = 0
    with typed_errors():
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for chunk in chunks:
            write_all(file, chunk)
            count += 1
    finally:
        os.close(file)
    return count
