"""Where photos' bytes rest: a local directory, or an S3-compatible bucket.

Owns keys, durability and the typed errors of storage. Promises that what `put` or `keep` has
returned from survives a power cut, and that nobody ever reads half a photo. Does not know what a
photo is, nor who may see it; a store is never spoken to by a browser.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

if TYPE_CHECKING:
    from obstore.store import S3Store as Bucket

CHUNK_BYTES = 256 * 1024
ABANDONED_AFTER_S = 24 * 3600
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
KEY_LENGTH = 512

CONNECT_TIMEOUT = timedelta(seconds=5)
REQUEST_TIMEOUT = timedelta(seconds=20)
RETRIES = 2
RETRY_TIMEOUT = timedelta(seconds=20)


class StoreFull(Exception):
    """There is no room. What was being written is not there."""


class StoreUnavailable(Exception):
    """The store does not answer, or not sensibly. Trying again later may help."""


class NotFound(LookupError):
    """Nothing lies under that key."""


class TooLong(Exception):
    """A stream held more than it may."""


class PhotoStore(Protocol):
    """Bytes by key. Writing the same key again replaces it whole; deleting nothing is no error."""

    may_wait: bool
    """Whether uploads may rest on this machine while the store does not answer."""

    @property
    def spool_dir(self) -> Path:
        """Where uploads are gathered before they are kept."""

    def put(self, key: str, data: bytes) -> None:
        """Store `data` durably. Raises StoreFull, StoreUnavailable."""

    def keep(self, key: str, path: Path) -> str:
        """Store a file of `spool_dir` that is on disk already; the file may be moved away.

        The key under which it can be read: another one than asked for while it has to wait.
        """

    def read(self, key: str) -> bytes:
        """All bytes. Raises NotFound, StoreUnavailable."""

    def exists(self, key: str) -> bool:
        """Raises StoreUnavailable."""

    def delete(self, key: str) -> None:
        """Raises StoreUnavailable."""

    def listing(self, under: str = "") -> Iterator[tuple[str, datetime]]:
        """Every key (of the folder `under`) with when it was last written, in no order.

        Raises StoreUnavailable.
        """

    def waiting(self) -> list[str]:
        """Keys of uploads that rest on this machine until the store answers."""


def open_store(setting: str, data_dir: Path) -> PhotoStore:
    """The store that PHOTO_STORE names: "local" or "s3://bucket/prefix". Connects to nothing yet.

    Raises ValueError for anything else.
    """
    if setting == "local":
        return LocalStore(data_dir / "photos")
    parts = urlsplit(setting)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("PHOTO_STORE must be local or s3://bucket/prefix")
    from app.adapters.patient_store import PatientStore

    bucket = S3Store(parts.netloc, parts.path.strip("/"), data_dir / "spool")
    return PatientStore(bucket, data_dir / "waiting")


@dataclass(frozen=True)
class Spooled:
    """An upload on disk, hashed. Leaving the block removes the file if nobody kept it."""

    path: Path
    sha256: str
    size: int

    def __enter__(self) -> Spooled:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.path.unlink(missing_ok=True)


def spool(stream: BinaryIO, limit: int, directory: Path) -> Spooled:
    """Read `stream` to a file in `directory`, hashing on the way, and bring it to the disk.

    Raises TooLong when there are more than `limit` bytes, StoreFull, StoreUnavailable.
    """
    digest = hashlib.sha256()
    size = 0
    with _new_file(directory) as (file, path):
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > limit:
                raise TooLong
            digest.update(chunk)
            write_all(file, chunk)
        with typed_errors():
            os.fsync(file)
    return Spooled(path, digest.hexdigest(), size)


def clear_spool(directory: Path) -> int:
    """Remove what a killed process left behind a day ago, uploads and backups' tables; returns how many."""
    return clear_abandoned(directory.iterdir())


def clear_abandoned(paths: Iterable[Path]) -> int:
    """Remove those of these files and folders that nobody has written to for a day; returns how many."""
    long_ago = time.time() - ABANDONED_AFTER_S
    removed = 0
    for path in paths:
        # An upload that is under way may be kept, and so moved, while we look.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < long_ago:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed


class LocalStore:
    """A directory. A photo appears under its key whole and on the disk, or not at all."""

    may_wait = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self._spool_dir = root / ".spool"
        self._spool_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def spool_dir(self) -> Path:
        return self._spool_dir

    def path(self, key: str) -> Path:
        """Where a key lies, for sending it as a file."""
        return self._root / checked(key)

    def put(self, key: str, data: bytes) -> None:
        with _new_file(self._spool_dir) as (file, path):
            write_all(file, data)
            with typed_errors():
                os.fsync(file)
        try:
            self.keep(key, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def keep(self, key: str, path: Path) -> str:
        target = self.path(key)
        with typed_errors():
            _make_directory(target.parent)
            os.replace(path, target)
            sync_directory(target.parent)
        return key

    def read(self, key: str) -> bytes:
        with typed_errors():
            return self.path(key).read_bytes()

    def exists(self, key: str) -> bool:
        with typed_errors():
            return self.path(key).is_file()

    def delete(self, key: str) -> None:
        with typed_errors():
            self.path(key).unlink(missing_ok=True)

    def listing(self, under: str = "") -> Iterator[tuple[str, datetime]]:
        with typed_errors():
            for directory, inner, names in os.walk(self._root / under):
                if directory == str(self._root):
                    inner[:] = [name for name in inner if name != self._spool_dir.name]
                for path in (Path(directory, name) for name in names):
                    # A photo may be deleted while we look.
                    with suppress(FileNotFoundError):
                        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                        yield str(path.relative_to(self._root)), written

    def waiting(self) -> list[str]:
        return []


class S3Store:
    """A bucket, reached with the credentials and endpoint of the AWS_* environment variables.

    The client's library keeps threads for the whole process, which a fork does not copy: after one,
    every call would hang. So each process makes its client at first use, and a parent that is going
    to fork must not use a bucket before.
    """

    _library_used_in: int | None = None

    def __init__(self, bucket: str, prefix: str, spool_dir: Path) -> None:
        self._bucket = bucket
        self._prefix = f"{checked(prefix)}/" if prefix else ""
        self._spool_dir = spool_dir
        self._spool_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._made: Bucket | None = None

    @property
    def spool_dir(self) -> Path:
        return self._spool_dir

    def put(self, key: str, data: bytes) -> None:
        client, name = self.client(), self.name(key)
        with typed_errors():
            client.put(name, data, use_multipart=False)

    def keep(self, key: str, path: Path) -> None:
        """Put the file, and see that all of it is there: a store may say 200 and have nothing."""
        data, client, name = path.read_bytes(), self.client(), self.name(key)
        self.put(key, data)
        try:
            with typed_errors():
                size = client.head(name)["size"]
        except NotFound as error:
            raise StoreUnavailable from error
        if size != len(data):
            raise StoreUnavailable(f"it holds {size} bytes of {len(data)}")

    def read(self, key: str) -> bytes:
        client, name = self.client(), self.name(key)
        with typed_errors():
            return bytes(client.get(name).bytes())

    def exists(self, key: str) -> bool:
        client, name = self.client(), self.name(key)
        try:
            with typed_errors():
                client.head(name)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        client, name = self.client(), self.name(key)
        try:
            with typed_errors():
                client.delete(name)
        except NotFound:
            return

    def listing(self, under: str = "") -> Iterator[tuple[str, datetime]]:
        with typed_errors():
            for batch in self.client().list(f"{self._prefix}{under}" or None):
                for found in batch:
                    yield found["path"].removeprefix(self._prefix), found["last_modified"]

    def name(self, key: str) -> str:
        """What the bucket calls `key`."""
        return self._prefix + checked(key)

    def client(self) -> Bucket:
        """The library's client, made in this process."""
        if S3Store._library_used_in not in (None, os.getpid()):
            raise RuntimeError("this process was forked from one that had used a bucket")
        if self._made is None:
            from obstore.store import S3Store as Bucket

            S3Store._library_used_in = os.getpid()
            self._made = Bucket(
                self._bucket,
                client_options={
                    "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
                    "connect_timeout": CONNECT_TIMEOUT,
                    "timeout": REQUEST_TIMEOUT,
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_TIMEOUT},
            )
        return self._made


def checked(key: str) -> str:
    """`key` if it is one. Raises ValueError: keys are made by us, so a wrong one is our fault."""
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key) or ".." in key:
        raise ValueError("not a key of the photo store")
    return key


@contextmanager
def typed_errors() -> Iterator[None]:
    """The system's errors, and the bucket client's, in our words."""
    try:
        yield
    except FileNotFoundError as error:
        # A bucket that is not there says nothing of what it holds.
        raise (StoreUnavailable if "NoSuchBucket" in str(error) else NotFound) from error
    except OSError as error:
        raise (StoreFull if error.errno in NO_SPACE else StoreUnavailable) from error
    except Exception as error:
        if _is_of_bucket(error):
            raise StoreUnavailable from error
        raise


def _is_of_bucket(error: Exception) -> bool:
    """Whether the bucket's client raised it; that module is loaded only where a bucket is used."""
    return type(error).__module__.startswith("obstore")


@contextmanager
def _new_file(directory: Path) -> Iterator[tuple[int, Path]]:
    """A new file for writing. If the block fails, the file is gone."""
    path = directory / uuid4().hex
    with typed_errors():
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield file, path
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(file)


def write_all(file: int, data: bytes) -> None:
    """Write all of `data` to an open file. Raises StoreFull, StoreUnavailable."""
    rest = memoryview(data)
    with typed_errors():
        while rest:
            rest = rest[os.write(file, rest) :]


def _make_directory(directory: Path) -> None:
    """Make a directory and those above it, each one's name brought to the disk."""
    if directory.is_dir():
        return
    _make_directory(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)
    sync_directory(directory.parent)


def sync_directory(directory: Path) -> None:
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
