"""Where backups rest: a folder, or an S3-compatible bucket.

Owns names and durability. Promises that an archive appears under its name whole and on the disk, or
not at all. Does not know what is in it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from app.adapters.photo_store import (
    NO_SPACE,
    S3Store,
    StoreFull,
    StoreUnavailable,
    clear_abandoned,
    sync_directory,
    typed_errors,
    write_all,
)
from app.rules.backups import archives

UNFINISHED = ".part"


class NotWritable(StoreUnavailable):
    """The folder cannot be made, or nothing can be put in it; the message names it."""


class BackupPlace(Protocol):
    """Archives by name."""

    def save(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write an archive. If `chunks` raises, or this process dies, nothing of that name is there.

        Raises StoreFull, StoreUnavailable, and whatever `chunks` raises.
        """

    def names(self) -> list[str]:
        """The archives there, oldest first. Raises StoreUnavailable."""

    def size(self, name: str) -> int:
        """In bytes. Raises NotFound, StoreUnavailable."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to read, and to go back in. Raises NotFound, StoreUnavailable."""

    def delete(self, name: str) -> None:
        """Raises StoreUnavailable."""


def open_place(setting: str, data_dir: Path) -> BackupPlace:
    """The place that `setting` names: a folder's path or "s3://bucket/prefix". Connects to nothing yet.

    Raises ValueError for anything else.
    """
    if "://" not in setting:
        return Folder(Path(setting))
    parts = urlsplit(setting)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("a folder or s3://bucket/prefix")
    return BucketFolder(S3Store(parts.netloc, parts.path.strip("/"), data_dir / "spool"))


class Folder:
    """A directory of its own, readable by its owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, name: str, chunks: Iterable[bytes]) -> None:
        with self._writable():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with typed_errors():
            clear_abandoned(self._root.glob(f"*{UNFINISHED}"))
        unfinished = self._root / (name + UNFINISHED)
        try:
            self._write(unfinished, chunks)
            with typed_errors():
                os.replace(unfinished, self._root / name)
                sync_directory(self._root)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def _write(self, path: Path, chunks: Iterable[bytes]) -> None:
        with self._writable():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            for chunk in chunks:
                write_all(descriptor, chunk)
            with typed_errors():
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in NO_SPACE:
                raise StoreFull from error
            raise NotWritable(f"{self._root} cannot be written: {error.strerror}") from error

    def names(self) -> list[str]:
        with typed_errors():
            return archives(path.name for path in self._root.iterdir()) if self._root.is_dir() else []

    def size(self, name: str) -> int:
        with typed_errors():
            return (self._root / name).stat().st_size

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with typed_errors():
            file = (self._root / name).open("rb")
        with file:
            yield file

    def delete(self, name: str) -> None:
        with typed_errors():
            (self._root / name).unlink(missing_ok=True)


class BucketFolder:
    """A bucket; an archive is one object, which the store shows only when all its parts have come."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    def save(self, name: str, chunks: Iterable[bytes]) -> None:
        client, key = self._store.client(), self._store.name(name)
        with typed_errors():
            client.put(key, iter(chunks), use_multipart=True)

    def names(self) -> list[str]:
        return archives(key for key, _written in self._store.listing())

    def size(self, name: str) -> int:
        client, key = self._store.client(), self._store.name(name)
        with typed_errors():
            return int(client.head(key)["size"])

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """A copy on this disk: an archive is read several times over."""
        client, key = self._store.client(), self._store.name(name)
        with tempfile.TemporaryFile(dir=self._store.spool_dir) as file:
            with typed_errors():
                for part in client.get(key):
                    write_all(file.fileno(), bytes(part))
            file.seek(0)
            yield file

    def delete(self, name: str) -> None:
        self._store.delete(name)
