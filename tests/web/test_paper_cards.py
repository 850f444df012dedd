"""Paper cards: typed in once, pins like others, taken back in one act."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.db import db
from app.models import Audit, Pin, PinRevision
from tests.builders import LAT, LON
from tests.cast import Cast


def typed(cast: Cast, pin_id: UUID | None = None, **fields: str) -> Any:
    """Fatima sends a card."""
    card = {"id": str(pin_id or uuid4()), "stop": "1", "category": "4", "kind": "1", "text": "Glas."}
    return cast.fatima.post(f"/desk/walks/{cast.a.id}/paper", data=card | fields)


def pins(cast: Cast) -> list[Pin]:
    with cast.app.app_context():
        return list(db.session.query(Pin).order_by(Pin.number))


def test_a_card_becomes_a_pin_at_its_stop_with_a_resident_s_voice(cast: Cast) -> None:
    pin_id = uuid4()
    assert typed(cast, pin_id).status_code == 303
    (pin,) = pins(cast)
    assert (pin.id, pin.category, pin.kind, pin.text) == (pin_id, "litter", "problem", "Glas.")
    assert (pin.lat, pin.lon, pin.stop_id, pin.source) == (LAT, LON, cast.a.stop_id, "stop")
    assert (pin.voice, pin.group, pin.participant_id, pin.review) == ("resident", "paper", None, "new")


def test_a_card_sent_twice_is_one_pin(cast: Cast) -> None:
    pin_id = uuid4()
    for _ in range(2):
        assert typed(cast, pin_id).status_code == 303
    assert len(pins(cast)) == 1


def test_another_text_under_the_same_id_is_offered_as_one_more_and_overwrites_nothing(cast: Cast) -> None:
    pin_id = uuid4()
    typed(cast, pin_id)
    refused = typed(cast, pin_id, text="Något annat.")
    assert refused.status_code == 409
    assert 'value="Något annat."' in refused.text
    assert f'value="{pin_id}"' not in refused.text
    assert [pin.text for pin in pins(cast)] == ["Glas."]


def test_a_participant_s_pin_is_not_overwritten_by_a_card(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id, text="Lampan.")
    assert typed(cast, pin_id).status_code == 409
    assert [pin.text for pin in pins(cast)] == ["Lampan."]


def test_a_card_is_taken_back_and_kept_in_history(cast: Cast) -> None:
    pin_id = uuid4()
    typed(cast, pin_id)
    page = f"/desk/walks/{cast.a.id}/paper"
    assert "Glas." in cast.fatima.get(page).text
    for _ in range(2):
        assert cast.fatima.post(f"{page}/{pin_id}/undo").status_code == 303
    assert "Glas." not in cast.fatima.get(page).text
    (pin,) = pins(cast)
    assert pin.withdrawn_at is not None
    with cast.app.app_context():
        assert [one.rev for one in db.session.query(PinRevision).order_by(PinRevision.seq)] == [1, 2]
        acts = [one.act for one in db.session.query(Audit).filter(Audit.thing_id == str(pin_id))]
    assert sorted(acts) == ["pin_enter", "pin_withdraw"]


def test_only_cards_are_taken_back_here(cast: Cast) -> None:
    pin_id = uuid4()
    cast.amina.put_pin(pin_id)
    undone = cast.fatima.post(f"/desk/walks/{cast.a.id}/paper/{pin_id}/undo")
    assert undone.status_code == 404
    assert pins(cast)[0].withdrawn_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("stop", "9"), ("stop", ""), ("category", "x"), ("category", ""), ("kind", "4"), ("text", "x" * 2001)],
)
def test_a_wrong_card_comes_back_with_its_words(cast: Cast, field: str, value: str) -> None:
    pin_id = uuid4()
    wrong = typed(cast, pin_id, **{"text": "Behåll detta.", field: value})
    assert wrong.status_code == 422
    assert f'id="{field}-error"' in wrong.text
    assert field == "text" or "Behåll detta." in wrong.text
    assert f'value="{pin_id}"' in wrong.text
    assert pins(cast) == []


def test_the_next_card_begins_at_the_same_stop_with_a_new_id(cast: Cast) -> None:
    pin_id = uuid4()
    page = cast.fatima.get(typed(cast, pin_id).location).text
    stop, category = (re.search(rf'<input[^>]*id="{name}"[^>]*>', page) for name in ("stop", "category"))
    assert stop
    assert 'value="1"' in stop[0]
    assert category
    assert "autofocus" in category[0]
    assert f'name="id" value="{pin_id}"' not in page


def test_an_archived_walk_takes_no_card(cast: Cast) -> None:
    cast.set_walk(cast.a, state="archived")
    assert typed(cast).status_code == 410
    assert pins(cast) == []
