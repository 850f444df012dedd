"""A backup's archive as a stream: written in one pass, read back with suspicion.

Owns tar and the hashes. Promises that writing needs no more memory than one chunk, that an archive
without its end is never taken for whole, and that reading touches nothing but what it is told to.
Does not know tables or photos.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from app.rules.backups import LARGEST_MANIFEST, MANIFEST, SEAL, BadArchive, check_name

CHUNK_BYTES = 256 * 1024
BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)


@dataclass(frozen=True)
class Member:
    """One file of the archive: exactly `size` bytes come out of `chunks`."""

    name: str
    size: int
    chunks: Iterable[bytes]


def whole(name: str, data: bytes) -> Member:
    return Member(name, len(data), (data,))


def sealed(members: Iterable[Member], facts: Callable[[], Mapping[str, Any]]) -> Iterator[bytes]:
    """The archive's bytes: `members`, then the manifest with `facts()` and every hash, then its seal."""
    listed: dict[str, tuple[int, str]] = {}
    for member in members:
        yield from _entry(member, listed)
    manifest = json.dumps({**facts(), "members": listed}, ensure_ascii=False).encode()
    for last in (whole(MANIFEST, manifest), whole(SEAL, hashlib.sha256(manifest).hexdigest().encode())):
        yield from _entry(last, {})
    yield END


def _entry(member: Member, listed: dict[str, tuple[int, str]]) -> Iterator[bytes]:
    check_name(member.name)
    info = tarfile.TarInfo(member.name)
    info.size, info.mode = member.size, 0o600
    yield info.tobuf(tarfile.USTAR_FORMAT)
    digest, size = hashlib.sha256(), 0
    for chunk in member.chunks:
        digest.update(chunk)
        size += len(chunk)
        yield chunk
    if size != member.size:
        raise RuntimeError(f"{member.name} changed while it was read")
    listed[member.name] = (size, digest.hexdigest())
    yield bytes(-size % BLOCK)


Take = Callable[[str, Iterator[bytes]], None]
"""What is done with a member while it is read: its name and its bytes."""


@dataclass(frozen=True)
class Contents:
    """What an archive holds: its manifest, and each member's size and SHA-256 as read."""

    manifest: Any
    members: Mapping[str, tuple[int, str]]


def read_whole(file: BinaryIO, take: Take | None = None) -> Contents:
    """Read an archive from its beginning to its seal; `take` sees each member on the way.

    Raises BadArchive when it is cut off, holds a name twice, or anything that is no plain file.
    """
    members: dict[str, tuple[int, str]] = {}
    ends: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for info in archive:
                check_name(info.name)
                if not info.isreg() or info.name in members or SEAL in members:
                    raise BadArchive(f"it holds something that is not ours: {info.name!r}")
                members[info.name] = _read(archive, info, take, ends)
    except (tarfile.TarError, EOFError, OSError, UnicodeDecodeError) as error:
        raise BadArchive("it is cut off, or no archive at all") from error
    manifest = _manifest(ends)
    return Contents(manifest, {name: what for name, what in members.items() if name not in ends})


def _read(
    archive: tarfile.TarFile, info: tarfile.TarInfo, take: Take | None, ends: dict[str, bytes]
) -> tuple[int, str]:
    source = archive.extractfile(info)
    if source is None:
        raise BadArchive(f"{info.name} cannot be read")
    hashing = _Hashing(source, info.size)
    if info.name in (MANIFEST, SEAL):
        if info.size > LARGEST_MANIFEST:
            raise BadArchive("its list of contents is too large")
        ends[info.name] = b"".join(hashing)
    elif take:
        take(info.name, iter(hashing))
    for _rest in hashing:
        continue
    return info.size, hashing.digest.hexdigest()


class _Hashing:
    """A member's chunks, hashed as they pass; going on where the last reader stopped."""

    def __init__(self, source: Any, size: int) -> None:
        self._source, self._left = source, size
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        while self._left:
            chunk = self._source.read(min(CHUNK_BYTES, self._left))
            if not chunk:
                raise EOFError
            self._left -= len(chunk)
            self.digest.update(chunk)
            yield chunk


def _manifest(ends: Mapping[str, bytes]) -> Any:
    if MANIFEST not in ends or SEAL not in ends:
        raise BadArchive("its end is missing: the backup was never finished, or was cut off")
    if hashlib.sha256(ends[MANIFEST]).hexdigest().encode() != ends[SEAL]:
        raise BadArchive("its list of contents is damaged")
    try:
        return json.loads(ends[MANIFEST])
    except ValueError as error:
        raise BadArchive("its list of contents is damaged") from error
