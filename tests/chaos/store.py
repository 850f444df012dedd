"""What a simulated phone has in memory and on its disk.

Owns pins, photos, answers, the outbox's entries and others' pins, and how each act of the resident and
each answer of the server changes them. Promises that only `write` reaches the disk, whole, and that
`lose_memory` leaves exactly that. Sends nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.chaos.outbox import Entry
from tests.chaos.wire import encoded

Tell = Callable[..., float]
Thing = dict[str, Any]
EMPTY = {"walk": {}, "pins": {}, "photos": {}, "ratings": {}, "entries": {}, "others": {}}
STORES = {"pin": "pins", "withdrawal": "pins", "rating": "ratings", "photo": "photos"}


class Store:
    """What one phone keeps of one walk; `tell` writes to the history, `clicks` count the phone's acts."""

    def __init__(self, tell: Tell, clicks: Iterator[int]) -> None:
        self.tell = tell
        self.pictures: dict[str, bytes] = {}
        self._disk = json.dumps(EMPTY)
        self.data: dict[str, Any] = json.loads(self._disk)
        self._clicks = clicks

    @contextmanager
    def write(self) -> Iterator[dict[str, Any]]:
        """One durable transaction."""
        yield self.data
        self._disk = json.dumps(self.data)

    def lose_memory(self) -> None:
        """The phone is dead; what it wrote is there."""
        self.data = json.loads(self._disk)

    @property
    def walk(self) -> dict[str, Any]:
        return self.data["walk"]

    @property
    def entries(self) -> dict[str, Entry]:
        return self.data["entries"]

    # ---------------------------------------------------------------- what the resident does
    def save_pin(self, pin_id: str, fields: Thing, photos: list[bytes]) -> None:
        names = [self._keep_picture(data) for data in photos]
        pin = {"id": pin_id, "fields": fields, "photos": names, "rev": 0, "withdrawn": False}
        self.data["pins"][pin_id] = pin | _unproven() | {"conflict": False}
        self._save_pin(pin_id)

    def revise_pin(self, pin_id: str, photos: list[bytes], **fields: Any) -> None:
        pin = self.data["pins"][pin_id]
        pin["fields"] |= fields
        pin["photos"] += [self._keep_picture(data) for data in photos]
        self._save_pin(pin_id)

    def _save_pin(self, pin_id: str) -> None:
        with self.write():
            rev = self._queue_pin(self.data["pins"][pin_id])
        self.tell("saved", kind="pin", id=pin_id, rev=rev)

    def withdraw_pin(self, pin_id: str) -> None:
        """What may have left is taken back; what has not is dropped."""
        pin = self.data["pins"][pin_id]
        with self.write():
            queued = self._entries_of("pin", pin)
            leaving = [one for one in queued if one["maybe_sent"] and one["state"] != "help"]
            self._drop([one for one in queued if one not in leaving])
            others = (one for one in self.data["pins"].values() if one is not pin and not one["withdrawn"])
            elsewhere = {name for one in others for name in one["photos"]}
            self._drop(
                [self.entries.get(f"photo/{name}/1") for name in pin["photos"] if name not in elsewhere]
            )
            pin |= {"rev": max(pin["acked_rev"], *(one["rev"] for one in leaving), 0), "withdrawn": True}
            if pin["rev"]:
                body = encoded({"rev": pin["rev"] + 1, "base_rev": pin["rev"]}).decode()
                self._add("withdrawal", pin_id, pin["rev"] + 1, body)
        self.tell("withdrawn", id=pin_id)

    def save_rating(self, rating_id: str, **fields: Any) -> None:
        fresh = {"id": rating_id, "fields": {}, "rev": 0} | _unproven()
        rating = self.data["ratings"].setdefault(rating_id, fresh)
        rating["fields"] |= fields
        with self.write():
            rev, base = self._revision("rating", rating)
            body = encoded({"rev": rev, "base_rev": base, **rating["fields"]}).decode()
            self._add("rating", rating_id, rev, body)
            rating["rev"] = rev
        self.tell("saved", kind="rating", id=rating_id, rev=rev)

    def shrink_photo(self, name: str, smaller: bytes) -> None:
        """Refused for its size, once: a smaller one takes its place on every pin."""
        with self.write():
            new = self._keep_picture(smaller, is_small=True)
            self._drop([self.entries.get(f"photo/{name}/1")])
            for pin in self.data["pins"].values():
                if name in pin["photos"] and not pin["withdrawn"]:
                    pin["photos"] = list(dict.fromkeys(new if one == name else one for one in pin["photos"]))
                    self._queue_pin(pin)

    def _keep_picture(self, data: bytes, is_small: bool = False) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.pictures[name] = data
        fresh = {"acked": False, "seq": None, "has_bytes": True, "is_small": is_small}
        self.data["photos"].setdefault(name, fresh)
        return name

    # ---------------------------------------------------------------- the outbox
    def _queue_pin(self, pin: Thing) -> int:
        rev, base = self._revision("pin", pin)
        photos = [{"sha256": name, "alt": "", "order": place} for place, name in enumerate(pin["photos"])]
        head = {"schema": 1, "client": "chaos", "rev": rev, "base_rev": base}
        self._add("pin", pin["id"], rev, encoded(head | pin["fields"] | {"photos": photos}).decode())
        pin["rev"] = rev
        for name in pin["photos"]:
            photo = self.data["photos"][name]
            if not photo["acked"] and f"photo/{name}/1" not in self.entries:
                self._add("photo", name, 1, None, is_small=photo["is_small"])
        return rev

    def _revision(self, kind: str, thing: Thing) -> tuple[int, int | None]:
        """The number of a change, and of what it is based on; what has not left is rewritten."""
        queued = self._entries_of(kind, thing)
        refused = [one for one in queued if one["state"] == "help"]
        waiting = sorted((one for one in queued if one not in refused), key=lambda one: one["rev"])
        last = waiting[-1] if waiting else None
        can_rewrite = last is not None and last["state"] == "waiting" and not last["maybe_sent"]
        before = waiting[:-1][-1:] if can_rewrite else waiting[-1:]
        base = before[0]["rev"] if before else thing["acked_rev"] or None
        self._drop(refused + ([last] if can_rewrite else []))
        return (last["rev"] if can_rewrite and last else thing["rev"] + 1), base

    def _entries_of(self, kind: str, thing: Thing) -> list[Entry]:
        same = (one for one in self.entries.values() if (one["kind"], one["target"]) == (kind, thing["id"]))
        return [one for one in same if one["rev"] > thing["acked_rev"]]

    def _add(
        self,
        kind: str,
        target: str,
        rev: int,
        body: str | None,
        maybe_sent: bool = False,
        is_small: bool = False,
    ) -> None:
        sha = target if body is None else hashlib.sha256(body.encode()).hexdigest()
        self.entries[f"{kind}/{target}/{rev}"] = {
            "kind": kind,
            "target": target,
            "rev": rev,
            "body": body,
            "sha": sha,
            "created": next(self._clicks),
            "state": "waiting",
            "maybe_sent": maybe_sent,
            "tries": 0,
            "next_at": 0.0,
            "obey": False,
            "is_small": is_small,
        }
        self.tell("made", kind=kind, id=target, rev=rev, sha=sha)

    def _drop(self, entries: list[Entry | None]) -> None:
        for one in entries:
            if one is not None:
                self.entries.pop(key_of(one), None)

    def claim(self, batch: list[Entry]) -> list[Entry]:
        """Noted before the first byte leaves: these may be sent. As they are now."""
        with self.write():
            for one in batch:
                self.entries[key_of(one)] |= {"state": "sending", "maybe_sent": True}
        return [dict(self.entries[key_of(one)]) for one in batch]

    def recover(self) -> None:
        """What a dead round left half-way waits again."""
        with self.write():
            for one in self.entries.values():
                one["state"] = "waiting" if one["state"] == "sending" else one["state"]

    def reset(self, everything: bool) -> None:
        """Forget back-off, but where the server named a time; with `everything` also what needed help."""
        with self.write():
            for one in self.entries.values():
                if (everything and one["state"] == "help") or (one["state"] == "waiting" and not one["obey"]):
                    one |= {"state": "waiting", "next_at": 0.0, "tries": 0}

    def patch(self, entry: Entry, change: dict[str, Any]) -> None:
        if known := self.entries.get(key_of(entry)):
            with self.write():
                known |= change

    def close(self, entry: Entry, how: str, proof: dict[str, Any] | None) -> None:
        """The entry leaves, together with what was learnt."""
        if key_of(entry) not in self.entries:
            return
        with self.write():
            self._drop([entry])
            if how == "conflict":
                thing = self.data[STORES[entry["kind"]]][entry["target"]]
                thing |= {"conflict": True, "acked_rev": max(thing["acked_rev"], entry["rev"])}
            elif entry["kind"] == "photo":
                self.data["photos"][entry["target"]] |= {"acked": True, "seq": (proof or {})["seq"]}
            else:
                self._prove(entry)
        word = {"proven": "sent"}.get(how, how)
        self.tell(word, kind=entry["kind"], id=entry["target"], rev=entry["rev"], sha=entry["sha"])

    def _prove(self, entry: Entry) -> None:
        kind = "rating" if entry["kind"] == "rating" else "pin"
        thing = self.data[STORES[kind]][entry["target"]]
        self._drop([one for one in self._entries_of(kind, thing) if one["rev"] < entry["rev"]])
        thing |= {"acked_rev": entry["rev"], "acked_sha": entry["sha"], "acked_body": entry["body"]}
        thing["acked_kind"] = entry["kind"]
        thing["rev"] = max(thing["rev"], entry["rev"])

    # ---------------------------------------------------------------- a restored server
    def held(self) -> dict[str, list[Any]]:
        """Everything proven, for the question what the server lacks."""

        def named(name: str) -> list[dict[str, Any]]:
            proven = (one for one in self.data[name].values() if one["acked_rev"] and one["acked_body"])
            return [{"id": one["id"], "rev": one["acked_rev"], "sha256": one["acked_sha"]} for one in proven]

        photos = self.data["photos"].items()
        kept = [name for name, photo in photos if photo["acked"] and photo["has_bytes"]]
        return {"pins": named("pins"), "ratings": named("ratings"), "photos": kept}

    def requeue(self, lacking: dict[str, list[str]]) -> None:
        """Exactly what was proven goes back into the outbox."""
        with self.write():
            for name in ("pins", "ratings"):
                for thing_id in lacking[name]:
                    thing = self.data[name][thing_id]
                    self._add(thing["acked_kind"], thing_id, thing["acked_rev"], thing["acked_body"], True)
                    thing |= {"acked_rev": 0, "acked_sha": None}
            for name in lacking["photos"]:
                self.data["photos"][name] |= {"acked": False, "seq": None}
                self._add("photo", name, 1, None, True, is_small=self.data["photos"][name]["is_small"])

    def apply(self, page: dict[str, Any], restart: bool) -> None:
        """One page of the feed; photos that are in a finished backup are let go."""
        with self.write():
            others = self.data["others"]
            if restart:
                others.clear()
            for item in page["items"]:
                if item["type"] == "pin" and item["id"] not in self.data["pins"]:
                    others.pop(item["id"], None)
                    if not item.get("gone"):
                        others[item["id"]] = item
            self.walk.update(epoch=page["epoch"], after=page["seq"], backed_up=page["backed_up_seq"])
            for name, photo in self.data["photos"].items():
                if photo["acked"] and photo["seq"] is not None and photo["seq"] <= page["backed_up_seq"]:
                    photo["has_bytes"] = False
                    self.pictures.pop(name, None)


def key_of(entry: Entry) -> str:
    return f"{entry['kind']}/{entry['target']}/{entry['rev']}"


def _unproven() -> Thing:
    return {"acked_rev": 0, "acked_sha": None, "acked_body": None, "acked_kind": None}
