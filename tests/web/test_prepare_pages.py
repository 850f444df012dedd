"""The pages for preparing a walk, as a browser without scripts meets them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from app.models import Walk
from tests.cast import Cast

WHEN = {"date": "2099-11-11", "from": "18:00", "to": "19:30"}


def page(cast: Cast, name: str) -> str:
    return f"/desk/walks/{cast.a.id}/{name}?lang=en"


def about(**fields: Any) -> dict[str, Any]:
    form = {"title": "Kajen", "purpose": "Se.", "theme": "Ljus", "light": "dark", "languages": ["sv"]}
    return form | WHEN | {"categories": ["lighting", "litter"]} | fields


def test_doing_it_again_proposes_the_same_weekday_and_time_a_year_later(cast: Cast) -> None:
    starts, ends = datetime(2026, 11, 12, 17, 30, tzinfo=UTC), datetime(2026, 11, 12, 19, 0, tzinfo=UTC)
    cast.set_walk(cast.a, starts_at=starts, ends_at=ends, state="closed")
    text = cast.fatima.get(page(cast, "again")).text
    for value in ("2027-11-11", "19:30", "21:00"):  # in Helsinki
        assert f'value="{value}"' in text
    assert 'value="2027-05-13"' in cast.fatima.get(page(cast, "again") + "&in=half").text


def test_doing_it_again_leads_to_the_new_draft(cast: Cast) -> None:
    answer = cast.fatima.post(page(cast, "again"), data=WHEN)
    assert answer.status_code == 303
    made = cast.one(Walk, Walk.follows_walk_id == cast.a.id)
    assert f"/desk/walks/{made.id}/setup" in answer.location
    assert made.starts_at.astimezone(UTC) == datetime(2099, 11, 11, 16, 0, tzinfo=UTC)
    text = cast.fatima.get(answer.location).text
    assert str(made.id) in text


@pytest.mark.parametrize(
    "wrong", [{"date": ""}, {"date": "2099-02-30"}, {"date": "2020-11-11"}, {"to": "x"}, {"from": "25:00"}]
)
def test_a_time_that_is_none_makes_no_walk(cast: Cast, wrong: dict[str, str]) -> None:
    answer = cast.fatima.post(page(cast, "again"), data=WHEN | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert cast.count(Walk, Walk.follows_walk_id == cast.a.id) == 0


def test_what_a_walk_is_about_can_be_changed(cast: Cast) -> None:
    before = cast.amina.client.get(cast.amina.url())
    assert cast.fatima.post(page(cast, "about"), data=about()).status_code == 303
    walk = cast.one(Walk, Walk.id == cast.a.id)
    assert (walk.title["en"], walk.theme, walk.languages) == ("Kajen", {"en": "Ljus"}, ["sv"])
    assert walk.title["sv"] == "Kajen i mörker"
    assert walk.starts_at.astimezone(UTC).date() == date(2099, 11, 11)
    tag = {"If-None-Match": before.headers["ETag"]}
    after = cast.amina.client.get(cast.amina.url(), headers=tag)
    assert after.status_code == 200
    codes = [one["code"] for one in after.json["categories"]]
    assert codes == ["lighting", "litter", "good_place", "other"]
    text = cast.fatima.get(page(cast, "about")).text
    assert 'value="litter" checked' in text
    assert 'value="vegetation">' in text


def test_a_pin_of_a_category_that_was_switched_off_is_still_taken(cast: Cast) -> None:
    cast.fatima.post(page(cast, "about"), data=about(categories=["litter"]))
    assert cast.amina.put_pin(category="lighting").status_code == 201
    assert cast.amina.put_pin(category="litter", kind="positive").status_code == 201


def test_choosing_every_category_is_choosing_none(cast: Cast) -> None:
    from app.rules.categories import by_code

    cast.fatima.post(page(cast, "about"), data=about(categories=list(by_code())))
    assert cast.one(Walk, Walk.id == cast.a.id).categories is None


def test_a_walks_own_words_for_categories_are_used_everywhere(cast: Cast) -> None:
    english = {"Accept-Language": "en"}
    words = {"name_litter": " Glass ", "name_lighting": "Lighting", "categories": ["litter", "lighting"]}
    done = cast.fatima.post(page(cast, "about"), data=about(**words), headers=english)
    assert done.status_code == 303
    assert cast.one(Walk, Walk.id == cast.a.id).facts["names"] == {"litter": {"en": "Glass"}}
    told = {
        lang: {one["code"]: (one["tile"], one["label"]) for one in bundle["categories"]}
        for lang in ("sv", "en")
        if (bundle := cast.amina.client.get(cast.amina.url(), query_string={"lang": lang}).json)
    }
    assert told["en"]["litter"] == ("Glass", "Glass")
    assert told["sv"]["litter"][0] != "Glass"
    pin = cast.amina.put_pin(category="litter").json["id"]
    assert cast.amina.put_pin(category="litter", kind="positive").status_code == 201
    for one in cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins").json["pins"]:
        url = f"/api/desk/walks/{cast.a.id}/pins/{one['id']}/review"
        cast.fatima.put(url, json={"pin": "approved"}, headers={"If-Match": f'"{one["seq"]}"'})
    assert pin
    wall = cast.fatima.get(page(cast, "meeting"), headers=english).text
    assert wall.count("<strong>Glass</strong>") == 1
    assert 'value="Glass"' in cast.fatima.get(page(cast, "about"), headers=english).text
    again = cast.fatima.post(page(cast, "again"), data={"date": "2099-11-11", "from": "18:00", "to": "19:00"})
    assert cast.one(Walk, Walk.id == UUID(again.location.split("/")[3])).facts["names"] == {
        "litter": {"en": "Glass"}
    }
    cast.fatima.post(page(cast, "about"), data=about(categories=["litter"]), headers=english)
    assert cast.one(Walk, Walk.id == cast.a.id).facts["names"] == {}


def test_an_extra_field_is_asked_on_phones_and_told_at_the_desk(cast: Cast) -> None:
    swedish, english = (f"/desk/walks/{cast.a.id}/about?lang={tag}" for tag in ("sv", "en"))
    row = {"extra_key": ["", ""], "extra_category": ["lighting", ""], "extra_name": [" Stolpnummer ", ""]}
    assert cast.fatima.post(swedish, data=about(**row)).status_code == 303
    row = {"extra_key": ["Stolpnummer"], "extra_category": ["lighting"], "extra_name": ["Lamp-post no."]}
    assert cast.fatima.post(english, data=about(**row)).status_code == 303

    def asked(lang: str) -> dict[str, Any]:
        bundle = cast.amina.client.get(cast.amina.url(), query_string={"lang": lang}).json
        return {one["code"]: one["extras"] for one in bundle["categories"] if "extras" in one}

    assert asked("sv") == {"lighting": [{"key": "Stolpnummer", "label": "Stolpnummer"}]}
    assert asked("en") == {"lighting": [{"key": "Stolpnummer", "label": "Lamp-post no."}]}
    sent = cast.amina.put_pin(category="lighting", extra={"Stolpnummer": "A\u0000-17"})
    assert sent.status_code == 201
    (told,) = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins").json["pins"]
    assert told["extra"] == {"Stolpnummer": "A-17"}
    again = cast.fatima.post(page(cast, "again"), data={"date": "2099-11-11", "from": "18:00", "to": "19:00"})
    copied = cast.one(Walk, Walk.id == UUID(again.location.split("/")[3])).facts["extras"]
    assert copied[0]["name"] == {"sv": "Stolpnummer", "en": "Lamp-post no."}
    cast.fatima.post(swedish, data=about(extra_key="Stolpnummer", extra_category="lighting", extra_name=" "))
    assert asked("sv") == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"extra_key": "", "extra_category": "", "extra_name": "Stolpnummer"},
        {"extra_key": "", "extra_category": "lighting", "extra_name": "x" * 61},
        {"languages": []},
        {"date": ""},
        {"date": "2020-11-11"},
        {"light": "neon"},
        {"to": ""},
        {"theme": "x" * 121},
        {"name_litter": "x" * 31},
    ],
)
def test_a_wrong_form_changes_nothing_and_says_so(cast: Cast, wrong: dict[str, Any]) -> None:
    answer = cast.fatima.post(page(cast, "about"), data=about(**wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert cast.one(Walk, Walk.id == cast.a.id).theme == {}


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_a_closed_walk_is_history(cast: Cast, state: str) -> None:
    cast.set_walk(cast.a, state=state)
    assert cast.fatima.get(page(cast, "about")).status_code == 409
    assert cast.fatima.post(page(cast, "about"), data=about()).status_code == 409
    assert cast.fatima.get(page(cast, "route")).status_code == 200


def test_the_walks_page_says_when_it_gets_dark_and_what_is_missing(cast: Cast) -> None:
    cast.set_walk(cast.a, starts_at=datetime(2026, 6, 20, 18, 0, tzinfo=UTC), light="dark", purpose={})
    text = cast.fatima.get(page(cast, "setup")).text
    assert "The sun sets at 22:49 and dusk ends at 00:42" in text
    assert "The walk begins before it is dark." in text
    assert "The purpose is empty" in text
    cast.set_walk(cast.a, starts_at=datetime(2026, 12, 20, 18, 0, tzinfo=UTC))
    assert "before it is dark" not in cast.fatima.get(page(cast, "setup")).text


def test_what_a_walk_of_yesterday_is_about_can_still_be_changed(cast: Cast) -> None:
    """Only moving it to a day that has passed is refused; its own day may stay."""
    starts, ends = datetime(2020, 11, 11, 16, 0, tzinfo=UTC), datetime(2020, 11, 11, 17, 30, tzinfo=UTC)
    cast.set_walk(cast.a, starts_at=starts, ends_at=ends)
    assert cast.fatima.post(page(cast, "about"), data=about(date="2020-11-11")).status_code == 303
    assert cast.one(Walk, Walk.id == cast.a.id).theme == {"en": "Ljus"}
