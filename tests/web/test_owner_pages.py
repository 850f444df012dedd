"""The pages of owners: made, changed, set aside and taken back, with categories and grounds."""

from __future__ import annotations

import json
from typing import Any

from app.models import Audit, Owner
from tests.cast import Cast

CORNERS = "60.17, 24.94\n60.17, 24.95\n60.18, 24.95"
OTHER_CORNERS = "60.10, 24.94\n60.10, 24.95\n60.11, 24.95"


def base(cast: Cast) -> str:
    return f"/desk/owners/{cast.ids['organisation']}"


def make(cast: Cast, name: str = "Gatukontoret", **form: Any) -> Owner:
    data = {"name": name, "kind": "other", "ground": "", "contact": ""} | form
    answer = cast.fatima.post(f"{base(cast)}/new", data=data)
    assert answer.status_code == 303, answer.text
    return cast.one(Owner, Owner.name == name)


def offered(cast: Cast) -> dict[str, dict[str, Any]]:
    """What the desk of a walk is told of owners, by name."""
    owners = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/owners").json["owners"]
    return {owner["name"]: owner for owner in owners}


def test_an_owner_is_made_with_categories_and_ground_and_offered_to_the_desk(cast: Cast) -> None:
    owner = make(cast, ground=CORNERS, categories=["lighting", "litter", "nonsense"], contact="Drift")
    assert owner.contact == "Drift"
    told = offered(cast)["Gatukontoret"]
    assert told["categories"] == ["lighting", "litter"]
    assert told["ground"]["coordinates"][0][0][0] == [24.94, 60.17]
    page = cast.fatima.get(f"{base(cast)}/{owner.id}").text
    assert "60.17, 24.95" in page
    assert cast.one(Audit, Audit.thing_id == str(owner.id)).act == "owner_add"


def test_a_category_has_one_owner(cast: Cast) -> None:
    make(cast, "Gatukontoret", categories=["lighting", "litter"])
    make(cast, "Bo AB", categories=["lighting"])
    assert offered(cast)["Gatukontoret"]["categories"] == ["litter"]
    assert offered(cast)["Bo AB"]["categories"] == ["lighting"]


def test_an_owner_is_set_aside_and_taken_back(cast: Cast) -> None:
    owner = make(cast)
    for aside in (True, False):
        form = {"aside": "yes" if aside else "no"}
        assert cast.fatima.post(f"{base(cast)}/{owner.id}/aside", data=form).status_code == 303
        assert offered(cast)["Gatukontoret"]["aside"] is aside


def test_the_ground_before_a_change_can_be_put_back_and_that_undone(cast: Cast) -> None:
    owner = make(cast, ground=CORNERS)
    change = {"name": "Gatukontoret", "kind": "other", "contact": "", "ground": OTHER_CORNERS}
    assert cast.fatima.post(f"{base(cast)}/{owner.id}", data=change).status_code == 303

    def south() -> float:
        return float(offered(cast)["Gatukontoret"]["ground"]["coordinates"][0][0][0][1])

    assert south() == 60.10
    for expected in (60.17, 60.10):
        assert cast.fatima.post(f"{base(cast)}/{owner.id}/ground-back").status_code == 303
        assert south() == expected


def test_grounds_are_taken_by_name_and_new_names_become_owners(cast: Cast) -> None:
    make(cast, "Gatukontoret", ground=CORNERS)
    ring = [[24.9, 60.1], [24.91, 60.1], [24.91, 60.11], [24.9, 60.1]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name in ("gatukontoret", "Bostads AB")
    ]
    collection = json.dumps({"type": "FeatureCollection", "features": features})
    answer = cast.fatima.post(f"{base(cast)}/import", data={"collection": collection}, follow_redirects=True)
    assert answer.status_code == 200
    told = offered(cast)
    assert {"Gatukontoret", "Bostads AB"} <= set(told)
    assert (
        told["Gatukontoret"]["ground"]["coordinates"]
        == told["Bostads AB"]["ground"]["coordinates"]
        == [[ring]]
    )


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(cast: Cast) -> None:
    make(cast)
    form = {"name": "gatukontoret", "kind": "other", "contact": "", "ground": CORNERS}
    taken = cast.fatima.post(f"{base(cast)}/new", data=form)
    assert taken.status_code == 422
    assert 'id="name-error"' in taken.text
    bad = cast.fatima.post(f"{base(cast)}/new", data={"name": "", "kind": "king", "ground": "by the river"})
    assert bad.status_code == 422
    assert 'id="name-error"' in bad.text
    assert 'id="ground-error"' in bad.text
    assert "by the river" in bad.text
    collection = cast.fatima.post(f"{base(cast)}/import", data={"collection": "{}"})
    assert (collection.status_code, 'id="collection-error"' in collection.text) == (422, True)


def test_owners_of_another_organisation_look_like_none(cast: Cast) -> None:
    owner = make(cast)
    assert cast.nils.get(f"{base(cast)}/{owner.id}").status_code == 404
    theirs = f"/desk/owners/{cast.ids['their organisation']}/{owner.id}"
    assert cast.nils.get(theirs).status_code == 404
