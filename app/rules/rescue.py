"""A file that a phone saved of a walk: what may lie in it, and what it says.

Pure. Owns the format `trygga-steg-walk`, version 2: a ZIP of `walk.json`, `photos/<sha256>.<ending>`, and
`proof.json` where the phone can show whose it is. Promises that what is parsed is whole, and that a hostile
file ends as `BadRescue` with a reason. Decides nothing about what is taken in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

FORMAT, VERSION = "trygga-steg-walk", 2
MANIFEST, PROOF = "walk.json", "proof.json"
PHOTO = re.compile(r"photos/([0-9a-f]{64})\.(?:jpg|png|webp|heic|bin)")
KINDS = ("pin", "withdrawal", "rating")
HASH = re.compile(r"[0-9a-f]{64}")

MOST_PHOTOS, MOST_THINGS, MOST_UNREADABLE = 2000, 5000, 1000
LARGEST_FILE = 400 * 1024 * 1024
LARGEST_MANIFEST = 16 * 1024 * 1024
LARGEST_PROOF = 1024
LARGEST_PHOTO = 64 * 1024 * 1024
"""Of what a phone may hold; what the service takes of it is less (rules.photos)."""
LARGEST_BODY = 256 * 1024
LARGEST_REV = 2**31 - 1
LONGEST_TITLE = 200


class BadRescue(Exception):
    """The file is none of ours, not whole, or not what it says. `reason` is one of the desk's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Thing:
    """One message as the phone would have sent it; `body` is the exact text, `sha256` its hash."""

    kind: str
    id: UUID
    rev: int
    sha256: str
    body: str


@dataclass(frozen=True)
class Saved:
    """What a phone's file says: of which walk it is, its things in the order to take them, what was broken.

    `told` names the participant and `mark` proves it (adapters.secrets); both may be missing.
    """

    walk_id: UUID
    title: str
    things: tuple[Thing, ...]
    unreadable: int
    told: str = ""
    mark: str = ""


def largest_member(name: str) -> int:
    """How large a member of that name may be. Raises BadRescue for a name that no phone of ours writes."""
    if name == MANIFEST:
        return LARGEST_MANIFEST
    if name == PROOF:
        return LARGEST_PROOF
    if PHOTO.fullmatch(name):
        return LARGEST_PHOTO
    raise BadRescue("not_ours")


def parse(manifest: bytes, proof: bytes | None) -> Saved:
    """What the two say. Raises BadRescue."""
    said = read_json(manifest)
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise BadRescue("not_ours")
    if said.get("version") != VERSION:
        raise BadRescue("version")
    walk, things, unreadable = said.get("walk"), said.get("things"), said.get("unreadable")
    if not isinstance(walk, dict) or not isinstance(things, list) or not isinstance(unreadable, list):
        raise BadRescue("damaged")
    if len(things) > MOST_THINGS or len(unreadable) > MOST_UNREADABLE:
        raise BadRescue("too_large")
    title = walk.get("title")
    shown = title[:LONGEST_TITLE] if isinstance(title, str) and _is_text(title) else ""
    found = {(one.kind, one.id, one.rev, one.sha256): one for one in map(_thing, things)}
    told, mark = _proof(proof)
    return Saved(_uuid(walk.get("id")), shown, _ordered(found.values()), len(unreadable), told, mark)


def read_json(data: bytes | str) -> Any:
    """Strict JSON: no NaN, no endless nesting. Raises BadRescue."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadRescue("damaged") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _thing(said: Any) -> Thing:
    if not isinstance(said, dict):
        raise BadRescue("damaged")
    kind, rev, sha256, body = (said.get(name) for name in ("kind", "rev", "sha256", "body"))
    if kind not in KINDS or not isinstance(body, str) or not _is_text(body):
        raise BadRescue("damaged")
    if not isinstance(rev, int) or isinstance(rev, bool) or not 0 < rev <= LARGEST_REV:
        raise BadRescue("damaged")
    if len(body) > LARGEST_BODY or hashlib.sha256(body.encode()).hexdigest() != sha256:
        raise BadRescue("damaged")
    return Thing(kind, _uuid(said.get("id")), rev, sha256, body)


def _ordered(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """Revisions of one thing in their order: what was taken back comes after what had been said."""
    return tuple(sorted(things, key=lambda one: one.rev))


def _proof(data: bytes | None) -> tuple[str, str]:
    said = read_json(data) if data else {}
    if not isinstance(said, dict):
        raise BadRescue("damaged")
    told, mark = said.get("told"), said.get("mark")
    if isinstance(told, str) and isinstance(mark, str) and _is_text(told) and HASH.fullmatch(mark):
        return told, mark
    return "", ""


def _uuid(said: Any) -> UUID:
    try:
        return UUID(said)
    except (ValueError, TypeError, AttributeError):
        raise BadRescue("damaged") from None


def _is_text(text: str) -> bool:
    """Whether a database can hold it: no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
