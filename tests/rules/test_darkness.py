"""Whether a walk begins too early for its light."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.rules.darkness import Darkness, Sky, starts_before_dark

SUNSET, DUSK = datetime(2026, 11, 12, 15, 7, tzinfo=UTC), datetime(2026, 11, 12, 15, 49, tzinfo=UTC)
EVENING = Darkness("ordinary", SUNSET, DUSK)


def test_only_a_dark_walk_can_begin_too_early() -> None:
    assert starts_before_dark("dark", SUNSET, EVENING)
    assert not starts_before_dark("dark", DUSK, EVENING)
    assert not starts_before_dark("dusk", SUNSET, EVENING)
    assert not starts_before_dark("day", SUNSET, EVENING)


@pytest.mark.parametrize(
    ("sky", "too_early"), [("polar_day", True), ("bright_night", True), ("dark_day", False)]
)
def test_where_dusk_does_not_end(sky: Sky, too_early: bool) -> None:
    assert starts_before_dark("dark", DUSK, Darkness(sky, None, None)) is too_early
