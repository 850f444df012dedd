"""Whether anything went wrong, from what was said, what is stored and what everybody sees.

Pure: a trial's record in, findings out. A finding names a promise that was broken:

    lost       said to be sent, and not stored
    vanished   said to be saved, and neither stored nor in the outbox
    duplicate  stored more than once
    phantom    stored, and nobody made it
    leak       seen by somebody who may not see it
    lie        said to be sent, and no proof had come
    differs    stored otherwise than the phone has it, and no human is asked
    apart      two readers of one feed see different things
    stuck      still not sent when everything had long been well again
    broken     an answer of the server that the contract does not know, or a command that failed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.rules.categories import is_sensitive
from tests.chaos.history import Event
from tests.chaos.truth import Row, Truth

KINDS = ("lost", "vanished", "duplicate", "phantom", "leak", "lie", "differs", "apart", "stuck", "broken")
HONEST = frozenset({*range(100, 500), 503, 507})
STORED = {"pin": "pins", "rating": "ratings"}


@dataclass(frozen=True)
class Finding:
    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


@dataclass
class Reader:
    """What one reader holds in the end, by pin: item as the feed told it; and what it would read anew."""

    name: str
    walk: str
    held: dict[str, Any]
    anew: dict[str, Any]


@dataclass
class Handset:
    """A phone in one of its walks in the end: its disk, the participant it is there."""

    name: str
    walk: str
    participant: str
    data: dict[str, Any]


@dataclass
class Record:
    """Everything that a trial leaves behind."""

    events: list[Event]
    truth: Truth
    handsets: list[Handset]
    readers: list[Reader]
    sent_by_browsers: set[tuple[str, str, str]] = field(default_factory=set)
    """(walk, id, sha256) of what real browsers put on the wire."""
    statuses: list[tuple[int, str]] = field(default_factory=list)
    """What the server answered, to which request."""


Key = tuple[str, str, int]


class Checker:
    """One record, looked at from every side."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.truth = record.truth
        self.restores = [event["at"] for event in record.events if event["what"] == "restored"]
        self.revisions = {(row["pin_id"], row["rev"], row["sha256"]) for row in self.truth.revisions}
        self.photos = {(row["walk_id"], row["sent_sha256"]): row for row in self.truth.photos}
        self.home = self._home()

    def findings(self) -> list[Finding]:
        """All of them; none when every promise was kept."""
        looks = (
            self.lost,
            self.vanished,
            self.duplicate,
            self.phantom,
            self.leak,
            self.lie,
            self.apart,
            self.stuck,
            self.broken,
        )
        return [finding for look in looks for finding in look()]

    def _home(self) -> dict[str, str]:
        """The walk of each pin that was ever made or is stored, and of each stored photo."""
        made = (event["facts"] for event in self._events("made"))
        home = {facts["id"]: facts["walk"] for facts in made if facts["kind"] == "pin"}
        home |= {row["id"]: row["walk_id"] for row in self.truth.photos if "id" in row}
        return home | {pin: row["walk_id"] for pin, row in self.truth.pins.items()}

    def _events(self, *what: str) -> Iterator[Event]:
        return (event for event in self.record.events if event["what"] in what)

    # ---------------------------------------------------------------- what was sent and saved
    def lost(self) -> Iterator[Finding]:
        """After a restore the newest proven revision of a thing speaks for those before it."""
        newest: dict[tuple[str, str, str], int] = {}
        sent = list(self._events("sent"))
        asked = {_message(event): event["at"] for event in self._events("sends")}
        for event in sent:
            facts = event["facts"]
            thing = (facts["walk"], "pin" if facts["kind"] == "withdrawal" else facts["kind"], facts["id"])
            newest[thing] = max(newest.get(thing, 0), facts["rev"])
        for event in sent:
            facts = event["facts"]
            thing = (facts["walk"], "pin" if facts["kind"] == "withdrawal" else facts["kind"], facts["id"])
            # A slow answer may come after the restore that undid what it tells.
            began = asked.get(_message(event), event["at"])
            is_before_restore = any(began < at for at in self.restores)
            if facts["rev"] < newest[thing] and (is_before_restore or facts["kind"] == "rating"):
                continue
            if not self._is_stored(facts):
                yield Finding(
                    "lost", f"{event['who']}: {_named(facts)} was said to be sent at {event['at']:.2f}"
                )
        for walk, name in self.truth.damaged:
            row = self.photos.get((walk, name), {})
            if row.get("state") != "lost" or not self._is_taken_back({"walk": walk, "id": name}):
                yield Finding("lost", f"the bytes of photo {name[:12]} are missing or damaged")

    def _is_stored(self, facts: dict[str, Any]) -> bool:
        key: Key = (facts["id"], facts["rev"], facts["sha"])
        if facts["kind"] == "photo":
            photo = self.photos.get((facts["walk"], facts["id"]))
            return (photo is not None and photo["state"] != "lost") or self._is_taken_back(facts)
        if facts["kind"] == "rating":
            row = self.truth.ratings.get(facts["id"])
            return row is not None and (row["rev"], row["sha256"]) == key[1:]
        if facts["id"] not in self.truth.pins and self.restores and self._is_withdrawn(facts["id"]):
            return True  # there is nothing left to take back, and nobody wants it again
        return key in self.revisions

    def _is_withdrawn(self, pin: str) -> bool:
        own = (phone.data["pins"].get(pin, {}) for phone in self.record.handsets)
        return any(one.get("withdrawn") for one in own)

    def _is_taken_back(self, facts: dict[str, Any]) -> bool:
        """After a restore nobody sends again the photo of a pin that was taken back meanwhile."""
        phones = (one for one in self.record.handsets if one.walk == facts["walk"])
        shown = (
            pin for phone in phones for pin in phone.data["pins"].values() if facts["id"] in pin["photos"]
        )
        return bool(self.restores) and all(pin["withdrawn"] for pin in shown)

    def vanished(self) -> Iterator[Finding]:
        """Every pin, answer and photo that a phone said it had saved is where its content says."""
        yield from self._contradicted()
        for phone in self.record.handsets:
            waiting = {(one["kind"], one["target"]) for one in phone.data["entries"].values()}
            yield from self._forgotten(phone)
            for pin in phone.data["pins"].values():
                if pin["withdrawn"]:
                    yield from self._taken_back(phone, pin)
                elif ("pin", pin["id"]) not in waiting:
                    yield from self._pin_as_it_is(phone, pin)
                for name in pin["photos"]:
                    is_here = ("photo", name) in waiting or (phone.walk, name) in self.photos
                    if not is_here and not pin["withdrawn"]:
                        yield Finding("vanished", f"{phone.name}: photo {name[:12]} of pin {pin['id']}")
            for rating in phone.data["ratings"].values():
                row = self.truth.ratings.get(rating["id"])
                is_here = row is not None and row["walk_id"] == phone.walk
                if ("rating", rating["id"]) not in waiting and not is_here:
                    yield Finding("vanished", f"{phone.name}: answer {rating['id']}")
                elif (
                    row
                    and ("rating", rating["id"]) not in waiting
                    and row["text"] != rating["fields"]["text"]
                ):
                    yield Finding("differs", f"{phone.name}: answer {rating['id']} is not the newest")

    def _contradicted(self) -> Iterator[Finding]:
        """One phone never contradicts itself: what it sends again is what it had sent."""
        for event in self._events("conflict"):
            yield Finding(
                "differs", f"{event['who']} was told that {_named(event['facts'])} is another version"
            )

    def _forgotten(self, phone: Handset) -> Iterator[Finding]:
        for event in self._events("saved"):
            facts = event["facts"]
            is_its_own = (event["who"], facts["walk"]) == (phone.name, phone.walk)
            if is_its_own and facts["id"] not in phone.data[STORED[facts["kind"]]]:
                yield Finding("vanished", f"{phone.name} forgot {_named(facts)}, saved at {event['at']:.2f}")

    def _pin_as_it_is(self, phone: Handset, pin: Row) -> Iterator[Finding]:
        row = self.truth.pins.get(pin["id"])
        if row is None or row["walk_id"] != phone.walk:
            yield Finding("vanished", f"{phone.name}: pin {pin['id']}")
            return
        places = {one["sha256"] for one in self.truth.places if one["pin_id"] == pin["id"]}
        is_same = row["text"] == pin["fields"]["text"] and places == set(pin["photos"])
        if not is_same:
            asked = ", though a human is asked" if row["has_conflict"] else ""
            yield Finding("differs", f"{phone.name}: pin {pin['id']} is not as the phone has it{asked}")

    def _taken_back(self, phone: Handset, pin: Row) -> Iterator[Finding]:
        row = self.truth.pins.get(pin["id"])
        waits = any(
            one["kind"] == "withdrawal" and one["target"] == pin["id"]
            for one in phone.data["entries"].values()
        )
        if row is not None and row["withdrawn_at"] is None and not waits:
            yield Finding("differs", f"{phone.name}: pin {pin['id']} was taken back and is still there")

    # ---------------------------------------------------------------- what is stored
    def duplicate(self) -> Iterator[Finding]:
        truth = self.truth
        marks = {
            "words": Counter((row["walk_id"], row["text"]) for row in truth.pins.values() if row["text"]),
            "number": Counter((row["walk_id"], row["number"]) for row in truth.pins.values()),
            "revision": Counter(
                (row["pin_id"], row["rev"], row["sha256"]) for row in truth.revisions if _is_by_phone(row)
            ),
            "photo": Counter((row["walk_id"], row["sent_sha256"]) for row in truth.photos),
            "answer": Counter((row["walk_id"], row["text"]) for row in truth.ratings.values()),
            "change": Counter((row["walk_id"], row["thing"], row["thing_id"]) for row in truth.changes),
            "place in the feed": Counter((row["walk_id"], row["seq"]) for row in truth.changes),
        }
        for what, counted in marks.items():
            for mark, times in counted.items():
                if times > 1:
                    yield Finding("duplicate", f"{times} × the {what} {mark[1:]}")

    def phantom(self) -> Iterator[Finding]:
        """Every stored thing was made on a phone, for that very walk."""
        facts = [event["facts"] for event in self._events("made")]
        made = {(one["walk"], one["id"], one["sha"]) for one in facts} | self.record.sent_by_browsers
        home = {pin: row["walk_id"] for pin, row in self.truth.pins.items()}
        revisions = [row for row in self.truth.revisions if _is_by_phone(row)]
        stored = [(home.get(row["pin_id"], ""), row["pin_id"], row["sha256"]) for row in revisions]
        stored += [(row["walk_id"], row["sent_sha256"], row["sent_sha256"]) for row in self.truth.photos]
        stored += [(row["walk_id"], row["id"], row["sha256"]) for row in self.truth.ratings.values()]
        for one in stored:
            if one not in made:
                yield Finding("phantom", f"{one[1]} ({one[2][:12]}) is stored, and nobody made it there")

    # ---------------------------------------------------------------- what was said and seen
    def lie(self) -> Iterator[Finding]:
        """The word "sent" needs an answer before it that echoes id, revision and hash."""
        proven: set[tuple[Any, ...]] = set()
        for event in self._events("answer", "sent"):
            facts = event["facts"]
            key = _message(event)
            if event["what"] == "sent" and key not in proven:
                yield Finding("lie", f"{event['who']} said {_named(facts)} was sent at {event['at']:.2f}")
            if event["what"] == "answer" and _is_echo(facts):
                proven.add(key)

    def leak(self) -> Iterator[Finding]:
        kept_back = {pin for pin, row in self.truth.pins.items() if _is_kept_back(row)}
        mine = {event["facts"]["id"]: event["who"] for event in self._events("made")}
        approved = {
            event["facts"]["id"] for event in self._events("reviews") if event["facts"]["to"] == "approved"
        }
        taken_back = self._withdrawals()
        for event in self._events("reads"):
            who, facts = event["who"], event["facts"]
            for item in facts["items"]:
                if item["type"] != "pin" or item.get("gone"):
                    continue
                pin = item["id"]
                yield from self._elsewhere(who, facts["walk"], item)
                if mine.get(pin) == who:
                    continue
                if pin in kept_back:
                    yield Finding("leak", f"{who} saw pin {pin}, which is for staff alone")
                if item.get("text") and pin not in approved:
                    yield Finding(
                        "leak", f"{who} read the words of pin {pin} before anybody had let them through"
                    )
                if any(photo["id"] not in approved for photo in item["photos"]):
                    yield Finding("leak", f"{who} saw a photo of pin {pin} before anybody had let it through")
                if taken_back.get(pin, facts["begun"]) < facts["begun"]:
                    yield Finding("leak", f"{who} saw pin {pin} after it had been taken back")

    def _elsewhere(self, who: str, walk: str, item: dict[str, Any]) -> Iterator[Finding]:
        """What a walk's feed tells is that walk's own, also to a phone that is in both."""
        if self.home.get(item["id"], walk) != walk:
            yield Finding("leak", f"{who} saw pin {item['id']} of another walk")
        for photo in item["photos"]:
            if self.home.get(photo["id"], walk) != walk:
                yield Finding("leak", f"{who} saw a photo of another walk on pin {item['id']}")

    def _withdrawals(self) -> dict[str, float]:
        """When the server had proven that a pin was taken back; a restore forgets that for a while."""
        done = (event for event in self._events("sent") if event["facts"]["kind"] == "withdrawal")
        return {event["facts"]["id"]: event["at"] for event in done if not self.restores}

    def apart(self) -> Iterator[Finding]:
        for reader in self.record.readers:
            for pin in reader.held.keys() | reader.anew.keys():
                if reader.held.get(pin) != reader.anew.get(pin):
                    differing = _differing(reader.held.get(pin) or {}, reader.anew.get(pin) or {})
                    yield Finding(
                        "apart",
                        f"{reader.name} holds pin {pin} otherwise than it would be read now: {differing}",
                    )
            seen = {pin for pin in reader.anew if pin not in self._own(reader)}
            wanted = set(self._visible(reader))
            for pin in seen ^ wanted:
                kind = "apart" if pin in wanted else "leak"
                yield Finding(kind, f"{reader.name} {'lacks' if pin in wanted else 'sees'} pin {pin}")

    def _own(self, reader: Reader) -> set[str]:
        phones = (one for one in self.record.handsets if (one.name, one.walk) == (reader.name, reader.walk))
        return {pin for phone in phones for pin in phone.data["pins"]}

    def _visible(self, reader: Reader) -> Iterator[str]:
        """Pins that the reader should see, by the rules and the rows alone."""
        own = self._own(reader)
        for pin, row in self.truth.pins.items():
            sender = self.truth.participants.get(row["participant_id"] or "", {})
            is_open = reader.name == "desk" or _is_open(row, sender)
            if row["walk_id"] == reader.walk and pin not in own and is_open:
                yield pin

    # ---------------------------------------------------------------- how it ended
    def stuck(self) -> Iterator[Finding]:
        for phone in self.record.handsets:
            for one in phone.data["entries"].values():
                facts = {"kind": one["kind"], "id": one["target"], "rev": one["rev"]}
                yield Finding(
                    "stuck", f"{phone.name} still holds {_named(facts)}: {one['state']}, {one['tries']} tries"
                )

    def broken(self) -> Iterator[Finding]:
        for status, request in self.record.statuses:
            if status not in HONEST:
                yield Finding("broken", f"{status} to {request}")
        for event in self._events("failed"):
            yield Finding("broken", f"{event['facts']['command']} ended with {event['facts']['words']}")


def _differing(held: dict[str, Any], anew: dict[str, Any]) -> str:
    """What is not the same, with both values."""
    names = sorted(name for name in held.keys() | anew.keys() if held.get(name) != anew.get(name))
    return ", ".join(f"{name} {held.get(name)!r} for {anew.get(name)!r}" for name in names)[:300]


def _message(event: Event) -> tuple[Any, ...]:
    """Who sent what to which walk, in which revision and with which content."""
    return event["who"], *(event["facts"].get(name) for name in ("walk", "kind", "id", "rev", "sha"))


def _named(facts: dict[str, Any]) -> str:
    return f"{facts['kind']} {facts['id'][:36]} rev {facts.get('rev', 1)}"


def _is_echo(facts: dict[str, Any]) -> bool:
    echo = facts["echo"]
    same = (echo.get("id"), echo.get("rev"), echo.get("sha256")) == (facts["id"], facts["rev"], facts["sha"])
    return facts["status"] in (200, 201) and same


def _is_by_phone(row: Row) -> bool:
    return bool(row["actor"].startswith("participant:"))


def _is_kept_back(row: Row) -> bool:
    """What no other phone may ever see, whoever reviews it. Said here once more, past the app's own rule."""
    return row["staff_only"] or row["visibility"] == "staff" or is_sensitive(row["category"])


def _is_open(row: Row, sender: Row) -> bool:
    """Whether others' phones should show the pin now."""
    is_aside = row["quarantine"] is not None and row["review"] != "approved"
    is_gone = row["withdrawn_at"] is not None or row["review"] == "hidden"
    return not (_is_kept_back(row) or is_aside or is_gone or sender.get("hidden_at"))
