"""The facts of a log line, as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from app.operations.organisations import SETTINGS
from app.rules.issues import FIELDS, OWNER_KINDS
from app.web.desk.facts import FIELD_NAMES, words_of
from app.web.desk.facts import OWNER_KINDS as KIND_NAMES


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"number": 21, "to": "hidden", "before": "new"}, ["Pin 21", "from “New” to “Hidden”"]),
        ({"to": "facilitator", "before": "observer"}, ["from “Observer” to “Facilitator”"]),
        ({"to": True, "pins": 3}, ["Hidden", "3 pins"]),
        ({"to": False, "pins": 1}, ["Shown again", "1 pin"]),
        ({"issues": 2, "fields": ["due_on", "owner_id"]}, ["2 issues", "Done by, Who does it"]),
        ({"merged": 1}, ["1 issue merged into it"]),
        ({"role": "leader"}, ["Group leader"]),
        ({"kind": "police"}, ["Police"]),
        ({"changed": ["brand_colour", "name"]}, ["Colour, Name"]),
        ({"paused": True}, ["Paused"]),
        ({"of_next_year": ["a"]}, ["of_next_year: ['a']"]),
        ({}, []),
    ],
)
def test_a_fact_is_told_in_words(app: Flask, facts: dict[str, Any], words: list[str]) -> None:
    with app.test_request_context(), force_locale("en"):
        assert words_of(facts) == words


def test_every_field_and_kind_has_its_word() -> None:
    assert {*FIELDS, *SETTINGS} == set(FIELD_NAMES)
    assert set(OWNER_KINDS) == set(KIND_NAMES)
