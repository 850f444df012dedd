"""The demo's database says what its data promises: every expected total is counted from rows."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import Base, db, transaction
from app.models import Issue, Owner, Photo, PhotoEncoding, Pin, PinPhoto, PinRevision, Stop, Walk
from app.operations import demo, join, photos, walks

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
EXPECTED: dict[str, Any] = json.loads(
    Path(__file__).with_name("demo_expected.json").read_text(encoding="utf-8")
)
MAIN, BEFORE, AFTER = (UUID(demo.told(name)["id"]) for name in ("walk_2025", "walk_2024", "walk_2026"))
SETTLED = ("done", "verified", "declined", "by_design", "merged", "keep")
AUDIT = ("lighting", "openness", "visibility", "people", "walkpath", "care")


@pytest.fixture
def seeded(context: Flask) -> Flask:
    demo.seed_demo(NOW)
    return context


def rows(walk_id: UUID) -> list[tuple[Pin, Issue, Stop, Owner]]:
    joined = (
        sa.select(Pin, Issue, Stop, Owner)
        .join(Issue, Issue.id == Pin.issue_id)
        .join(Stop, Stop.id == Pin.stop_id)
        .outerjoin(Owner, Owner.id == Issue.owner_id)
        .where(Pin.walk_id == walk_id)
        .order_by(Pin.number)
    )
    return [tuple(row) for row in db.session.execute(joined)]


def status_of(issue: Issue) -> str:
    """As the demo's facts tell it, where a merged issue has no other status."""
    return "merged" if issue.merged_into_id else issue.status


def refs(name: str) -> dict[UUID, str]:
    return {UUID(pin["id"]): pin["ref"] for pin in demo.told(name)["pins"]}


def totals(name: str, as_of: date) -> dict[str, Any]:
    """Everything that `demo_expected.json` tells of a walk, counted from the database."""
    walk_id, called = UUID(demo.told(name)["id"]), refs(name)
    walk, found = db.session.get_one(Walk, walk_id), rows(walk_id)
    owners = {demo.demo_id(owner["key"]): owner["key"] for owner in demo.told("place")["owners"]}
    actionable = [
        issue for pin, issue, *_ in found if pin.kind != "positive" and issue.merged_into_id is None
    ]
    days = [
        (issue.done_at.date() - walk.starts_at.date()).days
        for _pin, issue, *_ in found
        if issue.done_at is not None
    ]
    return {
        "observations": len(found),
        "by_kind": Counter(pin.kind for pin, *_ in found),
        "by_category": Counter(pin.category for pin, *_ in found),
        "by_stop": Counter(stop.facts["code"] for _pin, _issue, stop, _owner in found),
        "by_status": Counter(status_of(issue) for _pin, issue, *_ in found),
        "by_responsible": Counter(owners[owner.id] for *_, owner in found if owner),
        "by_horizon": Counter(issue.horizon for _pin, issue, *_ in found),
        "by_visibility": Counter(pin.visibility for pin, *_ in found),
        "public_pins": sum(
            pin.visibility == "public" and issue.merged_into_id is None for pin, issue, *_ in found
        ),
        "acute": sum(pin.acute for pin, *_ in found),
        "needs_redaction": [called[pin.id] for pin, *_ in found if pin.text_public["sv"] != pin.text],
        "photos_with_file": db.session.scalar(
            sa.select(sa.func.count()).select_from(PinPhoto).where(PinPhoto.walk_id == walk_id)
        ),
        "actionable": len(actionable),
        "done_share_of_actionable": round(
            sum(issue.status == "done" for issue in actionable) / len(actionable), 3
        ),
        f"late_open_as_of_{as_of}": [
            called[pin.id]
            for pin, issue, *_ in found
            if issue.due_on is not None and issue.due_on < as_of and issue.status not in SETTLED
        ],
        "late_when_done": [
            called[pin.id]
            for pin, issue, *_ in found
            if issue.due_on is not None and issue.done_at is not None and issue.done_at.date() > issue.due_on
        ],
        "median_days_to_done": median(days),
    }


@pytest.mark.parametrize(
    ("name", "expected", "as_of"),
    [("walk_2025", "expected", date(2026, 6, 1)), ("walk_2024", "expected_previous", date(2025, 11, 12))],
)
def test_it_owns_the_totals_of_a_dark_walk(seeded: Flask, name: str, expected: str, as_of: date) -> None:
    assert totals(name, as_of) == EXPECTED[expected]


def test_it_owns_the_totals_of_the_follow_up_walk(seeded: Flask) -> None:
    walk, wanted = db.session.get_one(Walk, AFTER), EXPECTED["expected_followup"]
    answers = walk.facts["answers"]
    assert walk.follows_walk_id == MAIN
    assert len(answers) == wanted["answers"]
    assert Counter(answer["fixed"] for answer in answers) == wanted["by_fixed"]
    assert Counter(answer["better"] for answer in answers) == wanted["by_better"]
    assert [a["observation"] for a in answers if a["status_after"] == "verified"] == wanted["verified"]
    assert [a["observation"] for a in answers if a["reopened"]] == wanted["reopened"]
    assert [a["observation"] for a in answers if a["recheck"]] == wanted["recheck_in_the_dark"]
    assert len(rows(AFTER)) == wanted["new_observations"]
    after = {answer["observation"]: answer["status_after"] for answer in answers}
    called = refs("walk_2025")
    statuses = Counter(after.get(called[pin.id], status_of(issue)) for pin, issue, *_ in rows(MAIN))
    assert statuses == wanted["main_walk_by_status_after"]


def test_it_owns_the_totals_of_the_series(seeded: Flask) -> None:
    wanted = EXPECTED["expected_series"]
    walks = db.session.scalars(sa.select(Walk).where(Walk.series_id == demo.SERIES)).all()
    assert len(walks) == wanted["walks"]
    assert sum(walk.pin_count for walk in walks) == wanted["observations_total"]
    for walk_id in (BEFORE, MAIN):
        day = db.session.get_one(Walk, walk_id).starts_at.date().isoformat()
        stops = db.session.scalars(sa.select(Stop).where(Stop.walk_id == walk_id)).all()
        audits = {stop.facts["code"]: stop.facts["audit"] for stop in stops}
        asked = sum(audit["n"] for audit in audits.values())
        avoiding = sum(audit["avoid_count"] for audit in audits.values())
        index = {
            code: round(100 * sum(audit[item] for item in AUDIT) / 18, 1) for code, audit in audits.items()
        }
        for feeling in ("feeling_dark", "feeling_day"):
            felt = sum(audit[feeling] * audit["n"] for audit in audits.values()) / asked
            assert round(felt, 2) == wanted[f"{feeling}_mean"][day]
        assert round(avoiding / asked, 3) == wanted["avoid_share"][day]
        assert index == {code: by_day[day] for code, by_day in wanted["place_index_by_stop"].items()}


def test_historic_walks_are_closed_and_everything_is_marked_fictional(seeded: Flask) -> None:
    walks = db.session.scalars(sa.select(Walk)).all()
    assert len(walks) == 4
    assert all(walk.is_fictional and walk.pack == "helsinki" for walk in walks)
    assert {walk.state for walk in walks if not walk.is_practice} == {"closed"}


def test_the_practice_walk_lets_newcomers_in_with_its_code(seeded: Flask) -> None:
    with transaction():
        joined = join.join(demo.practice_code(), NOW + timedelta(days=400))
    walk = db.session.get_one(Walk, joined.walk_id)
    assert walk.is_practice
    assert walk.state == "open"
    shown = db.session.scalars(sa.select(Pin).where(Pin.walk_id == walk.id)).all()
    assert sum(pin.review == "approved" for pin in shown) >= 2
    assert all(pin.shown_to_walk and not pin.is_outside and pin.quarantine is None for pin in shown)


def test_words_that_need_redaction_are_shown_to_nobody(seeded: Flask) -> None:
    held = db.session.scalars(sa.select(Pin).where(Pin.text_review == "approved")).all()
    assert held
    assert all(pin.text == pin.text_public["sv"] for pin in held)


def test_every_photo_becomes_our_own_encoding_and_is_approved(seeded: Flask) -> None:
    for photo_id in photos.waiting(100):
        assert photos.process(photo_id, NOW) == "ready"
    pictures = db.session.scalars(sa.select(Photo)).all()
    wanted = sum(EXPECTED[name]["photos_with_file"] for name in ("expected", "expected_previous")) + 1 + 2
    assert len(pictures) == wanted
    assert {(photo.state, photo.review) for photo in pictures} == {("ready", "approved")}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PhotoEncoding)) == 2 * wanted


def test_what_was_sent_is_kept_verbatim_like_a_phones_message(seeded: Flask) -> None:
    for pin, revision in db.session.execute(sa.select(Pin, PinRevision).where(PinRevision.pin_id == Pin.id)):
        assert json.loads(revision.payload)["text"] == pin.text
        assert revision.client == "demo"


def counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_seeding_twice_changes_nothing(seeded: Flask) -> None:
    before, code = counts(), demo.practice_code()
    demo.seed_demo(NOW + timedelta(days=1))
    assert counts() == before
    assert demo.practice_code() == code


def test_a_reset_takes_away_what_visitors_made_and_brings_the_first_code_back(seeded: Flask) -> None:
    before, code = counts(), demo.practice_code()
    with transaction() as session:
        joined = join.join(code, NOW)
        other = walks.give_code(db.session.get_one(Walk, joined.walk_id))
        session.execute(sa.delete(PinRevision))
        session.execute(sa.update(Pin).values(text="Defaced"))
    assert demo.practice_code() == other != code
    demo.reset_demo(NOW + timedelta(days=1))
    assert counts() == before
    assert demo.practice_code() == code
    assert db.session.get_one(Walk, joined.walk_id).epoch != joined.epoch
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Pin).where(Pin.text == "Defaced"))


def test_a_reset_leaves_no_picture_behind(seeded: Flask) -> None:
    store = photos.photo_store()
    keys = [key for key in db.session.scalars(sa.select(Photo.upload_key)) if key]
    for photo_id in photos.waiting(100):
        photos.process(photo_id, NOW)
    keys += list(db.session.scalars(sa.select(PhotoEncoding.key)))
    demo.reset_demo(NOW)
    fresh = set(db.session.scalars(sa.select(Photo.upload_key)))
    assert not [key for key in keys if key not in fresh and store.exists(key)]
