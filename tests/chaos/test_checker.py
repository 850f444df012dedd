"""The checker sees each sin alone, in a record that is otherwise without fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checker import KINDS, Checker, Handset, Reader, Record
from tests.chaos.history import Event, History
from tests.chaos.truth import Truth

WALK, OTHER_WALK = "walk-a", "walk-b"
PIN = {"kind": "pin", "id": "pin-1", "rev": 1, "sha": "sha-1", "walk": WALK}
PHOTO = {"kind": "photo", "id": "photo-1", "rev": 1, "sha": "photo-1", "walk": WALK}
Sin = Callable[[Record], None]


def honest() -> Record:
    """One phone in two walks that made a pin with a photo in one, sent both and is done; one that saw the
    pin; a desk."""
    history = History()
    for facts in (PIN, PHOTO):
        echo = {"id": facts["id"], "rev": 1, "sha256": facts["sha"]}
        history.tell("amina", "made", **facts)
        history.tell("amina", "answer", **facts, status=201, echo=echo)
        history.tell("amina", "sent", **facts)
    history.tell("amina", "saved", kind="pin", id="pin-1", rev=1, walk=WALK)
    history.tell("bilal", "reads", walk=WALK, begun=0.5, items=[seen()])
    return Record(history.events, stored(), phones(), readers(), statuses=[(201, "PUT /pins/pin-1")])


def seen(**more: Any) -> dict[str, Any]:
    return {"type": "pin", "id": "pin-1", "seq": 1, "text": None, "photos": [], "mine": False} | more


def stored() -> Truth:
    pin = {
        "id": "pin-1",
        "walk_id": WALK,
        "participant_id": "amina",
        "text": "dark",
        "number": 1,
        "category": "lighting",
        "review": "new",
        "visibility": "walk",
        "staff_only": False,
        "withdrawn_at": None,
        "quarantine": None,
        "has_conflict": False,
    }
    revision = {"pin_id": "pin-1", "rev": 1, "sha256": "sha-1", "actor": "participant:amina"}
    return Truth(
        pins={"pin-1": pin},
        revisions=[revision],
        photos=[{"id": "shown-1", "walk_id": WALK, "sent_sha256": "photo-1", "state": "ready"}],
        places=[{"pin_id": "pin-1", "sha256": "photo-1"}],
        changes=[{"walk_id": WALK, "thing": "pin", "thing_id": "pin-1", "seq": 1}],
        participants={"amina": {"hidden_at": None}},
    )


def phones() -> list[Handset]:
    own = {"id": "pin-1", "fields": {"text": "dark"}, "photos": ["photo-1"], "withdrawn": False}
    empty: dict[str, Any] = {"pins": {}, "ratings": {}, "entries": {}}
    return [
        Handset("amina", WALK, "amina", empty | {"pins": {"pin-1": own}}),
        Handset("amina", OTHER_WALK, "amina elsewhere", empty),
        Handset("bilal", WALK, "bilal", empty),
        Handset("bengt", OTHER_WALK, "bengt", empty),
    ]


def readers() -> list[Reader]:
    return [Reader(name, WALK, {"pin-1": seen()}, {"pin-1": seen()}) for name in ("bilal", "desk")]


def tell(record: Record, who: str, what: str, **facts: Any) -> None:
    at = max(event["at"] for event in record.events) + 1
    record.events.append(Event(at=at, who=who, what=what, facts=facts))


def forget_events(record: Record, what: str) -> None:
    record.events[:] = [event for event in record.events if event["what"] != what]


def reads(record: Record, who: str = "bilal", walk: str = WALK, **more: Any) -> None:
    at = max(event["at"] for event in record.events) + 1
    tell(record, who, "reads", walk=walk, begun=at, items=[seen(**more)])


def drop_pin(record: Record) -> None:
    """Gone from the server, of which nobody was told."""
    forget_events(record, "sent")
    record.truth.pins.clear()
    record.truth.places.clear()
    for reader in record.readers:
        reader.held, reader.anew = {}, {}


def take_back(record: Record) -> None:
    """The pin was taken back and its phone says that this is proven, so nobody should see it later."""
    facts = PIN | {"kind": "withdrawal", "rev": 2, "sha": "sha-2"}
    record.truth.revisions.append(record.truth.revisions[0] | {"rev": 2, "sha256": "sha-2"})
    record.truth.pins["pin-1"]["withdrawn_at"] = "now"
    record.handsets[0].data["pins"]["pin-1"]["withdrawn"] = True
    tell(record, "amina", "made", **facts)
    echo = {"id": "pin-1", "rev": 2, "sha256": "sha-2"}
    tell(record, "amina", "answer", **facts, status=200, echo=echo)
    tell(record, "amina", "sent", **facts)
    record.readers.pop(0)
    reads(record)


def show_photo_elsewhere(record: Record) -> None:
    """A photo that was let through, in the feed of a walk that it is not of."""
    tell(record, "desk", "reviews", of="photo", id="shown-1", to="approved")
    reads(record, "bengt", OTHER_WALK, id="pin-2", photos=[{"id": "shown-1"}])


def prove_elsewhere(record: Record) -> None:
    """The same photo is called sent in a walk that has not answered."""
    tell(record, "amina", "made", **PHOTO | {"walk": OTHER_WALK})
    tell(record, "amina", "sent", **PHOTO | {"walk": OTHER_WALK})
    record.truth.photos.append(record.truth.photos[0] | {"id": "shown-2", "walk_id": OTHER_WALK})


def leave_unhealed(record: Record) -> None:
    """A walk that was not in front lacks what its phone holds."""
    own = {"id": "pin-2", "fields": {"text": "dim"}, "photos": [], "withdrawn": False}
    record.handsets[1].data = record.handsets[1].data | {"pins": {"pin-2": own}}


def lose_bytes(record: Record) -> None:
    """A backup lacked the photo, it was put back, and no phone was asked."""
    tell(record, "nemesis", "restored")
    record.truth.photos[0].update(state="lost")
    record.truth.damaged.append((WALK, "photo-1"))
    forget_events(record, "sent")


def wait_for_ever(record: Record) -> None:
    one = {"kind": "rating", "target": "rating-1", "rev": 1, "state": "waiting", "tries": 9}
    record.handsets[0].data["entries"]["rating/rating-1/1"] = one


SINS: dict[str, tuple[str, Sin]] = {
    "a revision that was proven is not there": ("lost", lambda it: it.truth.revisions.clear()),
    "a photo that was proven is asked for again": (
        "lost",
        lambda it: it.truth.photos[0].update(state="lost"),
    ),
    "the bytes of a photo are damaged": ("lost", lambda it: it.truth.damaged.append((WALK, "photo-1"))),
    "a photo that its backup lacked never came back": ("lost", lose_bytes),
    "a walk that was not in front was not healed": ("vanished", leave_unhealed),
    "a pin left the outbox for nowhere": ("vanished", drop_pin),
    "a phone forgot what it had saved": ("vanished", lambda it: tell(it, "bilal", "saved", **PIN)),
    "a revision stored twice": ("duplicate", lambda it: it.truth.revisions.append(it.truth.revisions[0])),
    "a photo stored twice": ("duplicate", lambda it: it.truth.photos.append(it.truth.photos[0])),
    "a thing told twice": ("duplicate", lambda it: it.truth.changes.append(it.truth.changes[0] | {"seq": 2})),
    "a place in the feed given twice": (
        "duplicate",
        lambda it: it.truth.changes.append(it.truth.changes[0] | {"thing_id": "pin-2"}),
    ),
    "a pin that nobody made": ("phantom", lambda it: forget_events(it, "made")),
    "a photo in a walk that nobody took it for": (
        "phantom",
        lambda it: it.truth.photos.append(it.truth.photos[0] | {"walk_id": OTHER_WALK}),
    ),
    "a pin seen from another walk": ("leak", lambda it: reads(it, "bengt", OTHER_WALK)),
    "an own pin in the feed of the phone's other walk": ("leak", lambda it: reads(it, "amina", OTHER_WALK)),
    "an own pin told anew in the phone's other walk": (
        "leak",
        lambda it: it.readers.append(Reader("amina", OTHER_WALK, {"pin-1": seen()}, {"pin-1": seen()})),
    ),
    "a photo of another walk": ("leak", show_photo_elsewhere),
    "words seen before they were let through": ("leak", lambda it: reads(it, text="dark")),
    "a photo seen before it was let through": ("leak", lambda it: reads(it, photos=[{"id": "p"}])),
    "a pin seen after it was taken back": ("leak", take_back),
    "a pin for staff alone": ("leak", lambda it: it.truth.pins["pin-1"].update(staff_only=True)),
    "a hidden pin still held": ("leak", lambda it: it.truth.pins["pin-1"].update(review="hidden")),
    "sent without an answer": ("lie", lambda it: forget_events(it, "answer")),
    "sent on another thing's proof": ("lie", lambda it: it.events[1]["facts"]["echo"].update(sha256="no")),
    "sent on the proof of another walk": ("lie", prove_elsewhere),
    "old words": ("differs", lambda it: it.truth.pins["pin-1"].update(text="light")),
    "a retry taken for another version": ("differs", lambda it: tell(it, "amina", "conflict", **PIN)),
    "a photo that is not on its pin": ("differs", lambda it: it.truth.places.clear()),
    "a reader with an old version": ("apart", lambda it: it.readers[0].held.update({"pin-1": seen(seq=0)})),
    "a reader that was not told": ("apart", lambda it: it.readers[0].anew.clear()),
    "an entry that still waits": ("stuck", wait_for_ever),
    "an answer nobody foresaw": ("broken", lambda it: it.statuses.append((500, "GET /changes"))),
    "a command that failed": (
        "broken",
        lambda it: tell(it, "nemesis", "failed", command="restore", words="1"),
    ),
}


def test_an_honest_record_has_no_finding() -> None:
    assert Checker(honest()).findings() == []


@pytest.mark.parametrize("name", SINS)
def test_it_sees(name: str) -> None:
    kind, sin = SINS[name]
    record = honest()
    sin(record)
    assert kind in {finding.kind for finding in Checker(record).findings()}


def test_nobody_brings_back_the_lost_photo_of_a_pin_that_was_taken_back() -> None:
    record = honest()
    lose_bytes(record)
    record.handsets[0].data["pins"]["pin-1"]["withdrawn"] = True
    record.truth.pins["pin-1"]["withdrawn_at"] = "now"
    record.readers.clear()
    assert Checker(record).findings() == []


def test_every_kind_of_finding_is_tried() -> None:
    assert {kind for kind, _sin in SINS.values()} == set(KINDS)


def test_after_a_restore_the_newest_revision_speaks_for_those_before_it() -> None:
    record = honest()
    newer = PIN | {"rev": 2, "sha": "sha-2"}
    tell(record, "nemesis", "restored")
    tell(record, "amina", "made", **newer)
    tell(record, "amina", "answer", **newer, status=200, echo={"id": "pin-1", "rev": 2, "sha256": "sha-2"})
    tell(record, "amina", "sent", **newer)
    record.truth.revisions[0].update(rev=2, sha256="sha-2")
    assert Checker(record).findings() == []


@pytest.mark.parametrize(("asked", "lost"), [("before", 0), ("after", 1)])
def test_a_slow_answer_tells_of_the_time_before_the_restore(asked: str, lost: int) -> None:
    """The newest proven revision speaks for one that was stored before the restore and told of after it."""
    record, older = honest(), PIN | {"rev": 0, "sha": "sha-0"}
    for what in ("before", "restored", "after"):
        if what == "restored":
            tell(record, "nemesis", what)
        elif what == asked:
            tell(record, "amina", "sends", **older)
    tell(record, "amina", "sent", **older)
    assert len(list(Checker(record).lost())) == lost
