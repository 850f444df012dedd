"""What a backup is called, what may lie in it, and when one is out of date.

Owns the format of the archive, version 1: a plain tar of `photos/<key of the store>`, then
`tables/<table>.jsonl`, then `manifest.json` and last `manifest.sha256`. What lacks its end was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
ARCHIVE = re.compile(r"trygga-steg-(\d{8}T\d{6}Z)-[0-9a-f]{8}\.tar")
KEY = r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*"
MEMBER = re.compile(rf"(?:tables/[a-z][a-z_]*\.jsonl|photos/{KEY}|manifest\.(?:json|sha256))")
LONGEST_NAME = 250
LARGEST_MANIFEST = 256 * 1024 * 1024
STAMP = "%Y%m%dT%H%M%SZ"


class BadArchive(Exception):
    """The archive is not one of ours, not whole, or not what its manifest says."""


def archive_name(taken_at: datetime, token: str) -> str:
    """`token` is eight hexadecimal digits, so that two in one second differ."""
    return f"trygga-steg-{taken_at.astimezone(UTC):{STAMP}}-{token}.tar"


def taken_at(name: str) -> datetime | None:
    """When the archive of that name was begun; None for a name that is not an archive's."""
    match = ARCHIVE.fullmatch(name)
    return datetime.strptime(match[1], STAMP).replace(tzinfo=UTC) if match else None


def archives(names: Iterable[str]) -> list[str]:
    """The names that are archives', oldest first."""
    return sorted(name for name in names if taken_at(name))


def superseded(names: Iterable[str], keep: int) -> list[str]:
    """The archives that may go when the newest `keep` stay."""
    ours = archives(names)
    return ours[: max(len(ours) - keep, 0)]


def is_due(names: Iterable[str], every_hours: int, now: datetime) -> bool:
    """Whether the newest archive is older than it may be, or there is none."""
    ours = archives(names)
    newest = taken_at(ours[-1]) if ours else None
    return newest is None or (now - newest).total_seconds() >= every_hours * 3600


def check_name(name: str) -> None:
    """Raises BadArchive for a member that no archive of ours holds: absolute, climbing, or unknown."""
    if len(name) > LONGEST_NAME or ".." in name or not MEMBER.fullmatch(name):
        raise BadArchive(f"it holds something that is not ours: {name[:80]!r}")


def check_manifest(manifest: Any, found: Mapping[str, tuple[int, str]]) -> None:
    """Compare `manifest` with the members `found` (name → size in bytes, SHA-256).

    Raises BadArchive with a sentence for the operator.
    """
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadArchive("it was made by a version of Trygga steg that this one does not know")
    members, described = manifest.get("members"), manifest.get("tables")
    if not isinstance(members, dict) or not isinstance(described, dict):
        raise BadArchive("its list of contents is damaged")
    for name in members.keys() - found.keys():
        raise BadArchive(f"it lacks {name}")
    for name, what in found.items():
        if members.get(name) != list(what):
            raise BadArchive(f"{name} is not what was put in")
    for name in described:
        if f"tables/{name}.jsonl" not in found:
            raise BadArchive(f"it lacks the table {name}")


def check_columns(told: Mapping[str, Iterable[str]], ours: Mapping[str, Iterable[str]]) -> None:
    """Compare tables and their columns with this version's. Raises BadArchive."""
    for name, columns in told.items():
        if name not in ours:
            raise BadArchive(f"it holds a table that nobody knows: {name}")
        if set(columns) != set(ours[name]):
            raise BadArchive(f"its table {name} has other columns than ours")
