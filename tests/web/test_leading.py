"""Leading a walk by phone: numbers and no places, the code, and the two switches of a leader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import db, transaction
from app.models import Membership, Walk
from app.operations import walks
from tests.cast import Cast, Phone


def leader(cast: Cast) -> FlaskClient:
    with cast.app.app_context():
        role = sa.update(Membership).where(Membership.facilitator_id == cast.ids["ove"]).values(role="leader")
        db.session.execute(role)
        db.session.commit()
    return cast.ove


def figures(cast: Cast, who: FlaskClient) -> dict[str, Any]:
    answer = who.get(f"/api/desk/walks/{cast.a.id}/figures")
    assert answer.status_code == 200, answer.text
    return {name: answer.json[name] for name in ("joined", "ready", "pins", "unsent")}


def tell(phone: Phone, **told: Any) -> None:
    phone.changes(**told)


def test_phones_tell_in_passing_and_the_leader_sees_sums(cast: Cast) -> None:
    lea = leader(cast)
    cast.amina.put_pin()
    before = figures(cast, lea)
    assert (before["ready"], before["unsent"], before["pins"]) == (0, 0, 1)
    tell(cast.amina, ready="true", unsent="3")
    assert figures(cast, lea) == before | {"ready": 1, "unsent": 3}
    tell(cast.amina, ready="true", unsent="0")
    assert figures(cast, lea) == before | {"ready": 1}
    tell(cast.amina)
    assert figures(cast, lea) == before | {"ready": 1}, "an older app says nothing, and nothing changes"


def test_who_has_left_is_not_counted(cast: Cast) -> None:
    lea = leader(cast)
    tell(cast.amina, ready="true", unsent="2")
    joined = figures(cast, lea)["joined"]
    cast.amina.client.delete(cast.amina.url("me"))
    after = figures(cast, lea)
    assert (after["joined"], after["ready"], after["unsent"]) == (joined - 1, 0, 0)


def test_nonsense_about_oneself_is_refused(cast: Cast) -> None:
    for wrong in ({"unsent": "-1"}, {"unsent": "many"}, {"ready": "perhaps"}):
        answer = cast.amina.client.get(cast.amina.url("changes"), query_string=wrong)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), wrong


def test_the_page_has_stops_questions_and_code_and_nobodys_pins(cast: Cast) -> None:
    lea = leader(cast)
    cast.amina.put_pin(text="Hemligt")
    for who, path in ((lea, f"/desk/walks/{cast.a.id}"), (cast.fatima, f"/desk/walks/{cast.a.id}/lead")):
        page = who.get(path).text
        assert "Hemligt" not in page
        assert "Hur känns det?" in page
        assert cast.a.code.replace("-", "") in page.replace("-", "")
        assert 'data-figure="unsent"' in page
    assert lea.get(f"/desk/walks/{cast.a.id}/qr").status_code == 200


def test_a_leader_takes_the_end_back_for_an_hour_and_no_longer(cast: Cast) -> None:
    lea, state = leader(cast), f"/api/desk/walks/{cast.a.id}/state"
    assert lea.put(state, json={"state": "closing"}).status_code == 200
    assert lea.put(state, json={"state": "open"}).status_code == 200
    assert lea.put(state, json={"state": "closing"}).status_code == 200
    cast.set_walk(cast.a, closing_at=datetime.now(UTC) - timedelta(minutes=61))
    assert lea.put(state, json={"state": "open"}).status_code == 403
    assert cast.fatima.put(state, json={"state": "open"}).status_code == 200


def test_a_walk_closes_by_itself_after_its_time_of_grace(cast: Cast) -> None:
    ended = datetime.now(UTC)
    cast.set_walk(cast.a, state="closing", closing_at=ended, closing_days=14)
    for at, closed in ((ended + timedelta(days=13), 0), (ended + timedelta(days=14), 1)):
        with cast.app.app_context(), transaction():
            assert walks.close_over(at) == closed
    assert cast.one(Walk, Walk.id == cast.a.id).state == "closed"
    assert cast.amina.changes()["walk_state"] == "closed"
    late = cast.amina.put_pin()
    assert late.status_code == 201, "what comes late is still taken"
