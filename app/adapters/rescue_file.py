"""A phone's rescue file (ZIP) read with suspicion: all of it looked at before anything is done with it.

Owns the container and its bounds. Promises that nothing is unpacked to a path, that no member is larger than
it may be whatever it claims, that every checksum holds and every photo is what its name says. What the
manifest means is for rules.rescue.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from app.rules.rescue import LARGEST_FILE, MANIFEST, MOST_PHOTOS, PHOTO, PROOF, BadRescue, largest_member

CHUNK_BYTES = 256 * 1024
END = struct.Struct("<4s4H2LH")
START_MARK = b"PK\x03\x04"
END_MARK = b"PK\x05\x06"
LARGEST_INDEX = (MOST_PHOTOS + 2) * 256
HEADER_BYTES = 30
WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1


@dataclass(frozen=True)
class Contents:
    """What a whole file holds: its manifest, its proof if any, and the member of each photo by hash."""

    manifest: bytes
    proof: bytes | None
    photos: dict[str, str]


def read_whole(file: BinaryIO) -> Contents:
    """Read a file from its beginning to its end. Raises BadRescue."""
    with _plainly():
        size = _check_end(file)
        with zipfile.ZipFile(file) as archive:
            members = _members(archive, size)
            if MANIFEST not in members:
                raise BadRescue("not_ours")
            small = {name: archive.read(name) for name in (MANIFEST, PROOF) if name in members}
            photos = {}
            for name in members:
                if match := PHOTO.fullmatch(name):
                    if _hash(archive, name) != match[1] or match[1] in photos:
                        raise BadRescue("damaged")
                    photos[match[1]] = name
    return Contents(small[MANIFEST], small.get(PROOF), photos)


def photos(file: BinaryIO, members: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Hash and bytes of these photos of a file that `read_whole` has seen, one at a time."""
    with zipfile.ZipFile(file) as archive:
        for sha256, name in members.items():
            yield sha256, archive.read(name)


def _check_end(file: BinaryIO) -> int:
    """The size of a file that ends as a ZIP does, with an index that can be held in memory."""
    size = file.seek(0, 2)
    if size > LARGEST_FILE:
        raise BadRescue("too_large")
    file.seek(0)
    if file.read(len(START_MARK)) != START_MARK:
        raise BadRescue("not_ours")
    file.seek(max(size - END.size, 0))
    end = file.read()
    if len(end) < END.size or not end.startswith(END_MARK):
        raise BadRescue("cut_off")
    count, index_bytes = END.unpack(end)[4:6]
    if count > MOST_PHOTOS + 2 or index_bytes > LARGEST_INDEX:
        raise BadRescue("too_large")
    return size


def _members(archive: zipfile.ZipFile, size: int) -> set[str]:
    """The names, once each of them and their sizes together are such as a phone writes."""
    names, packed, unpacked = set(), 0, 0
    for info in archive.infolist():
        if info.orig_filename in names or stat.S_ISLNK(info.external_attr >> 16):
            raise BadRescue("not_ours")
        if info.flag_bits & ENCRYPTED or info.compress_type not in WAYS:
            raise BadRescue("not_ours")
        if info.file_size > largest_member(info.orig_filename):
            raise BadRescue("too_large")
        names.add(info.orig_filename)
        packed += info.compress_size + HEADER_BYTES
        unpacked += info.file_size
    if unpacked > LARGEST_FILE:
        raise BadRescue("too_large")
    if packed > size:
        raise BadRescue("damaged")
    return names


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as member:
        while chunk := member.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _plainly() -> Iterator[None]:
    """The library's errors in our words."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise BadRescue("damaged") from error
