"""PUT of a pin: whole, idempotent, answered with proof."""

from __future__ import annotations

from tests.cast import Cast


def test_it_works(cast: Cast) -> None:
    answer = cast.amina.put_pin()
    assert answer.status_code == 201, answer.text
    assert cast.fatima.get(f"/api/desk/walks/{cast.a.id}/changes").status_code == 200
