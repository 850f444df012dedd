"""Issues: what staff decide about one or many, how they meet, and that merging loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from app.db import db, transaction
from app.models import Audit, Change, Issue, Owner, Pin, PinRevision, Walk
from app.operations import desk_map, feed, issues, owners, review, views
from app.problems import Problem
from tests.builders import LAT, LON, an_owner
from tests.cast import Cast, Phone

NOW = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)
REASON = {"sv": "Det är mörkt för fladdermössens skull."}


def act(cast: Cast, operation: Callable[..., Any], *args: Any, who: str = "fatima") -> Any:
    """Run an operation as staff, in its own transaction."""
    with cast.app.app_context(), transaction():
        return operation(cast.staff(who), *args)


def sent(phone: Phone, **fields: Any) -> UUID:
    """A pin; its issue's id."""
    pin_id = uuid4()
    assert phone.put_pin(pin_id, **fields).status_code == 201
    with phone.client.application.app_context():
        found = db.session.scalars(sa.select(Pin.issue_id).where(Pin.id == pin_id)).one()
        db.session.remove()
    return found


def edited(cast: Cast, issue: UUID, seen: int | None = None, **fields: Any) -> dict[str, Any]:
    version = seq_of(cast, issue) if seen is None else seen
    answer: dict[str, Any] = act(cast, issues.edit, cast.a.id, issue, fields, version, NOW)
    return answer


def merged(cast: Cast, into: UUID, *others: UUID) -> list[UUID]:
    answer = act(cast, issues.merge, cast.a.id, into, others, NOW)
    return [UUID(each) for each in answer["merged"]]


def split(cast: Cast, *births: UUID) -> UUID:
    return UUID(act(cast, issues.split, cast.a.id, births, NOW)["into"])


def seq_of(cast: Cast, issue: UUID) -> int:
    seq: int = cast.one(Issue, Issue.id == issue).seq
    return seq


def feed_seq(cast: Cast) -> int:
    seq: int = cast.one(Walk, Walk.id == cast.a.id).feed_seq
    return seq


def staff_views(cast: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cast.fatima.get(f"/api/desk/walks/{cast.a.id}/pins?limit=500").json["pins"]
    return found


def issue_seen(cast: Cast, birth: UUID) -> dict[str, Any]:
    """What the desk is told at the pin that was born with `birth`."""
    [view] = [view for view in staff_views(cast) if view["issue"]["own_id"] == str(birth)]
    told: dict[str, Any] = view["issue"]
    return told


def refused(cast: Cast, operation: Callable[..., Any], *args: Any) -> Problem:
    before = feed_seq(cast)
    with pytest.raises(Problem) as problem:
        act(cast, operation, *args)
    assert feed_seq(cast) == before
    return problem.value


def test_fields_are_set_and_what_was_before_is_told(cast: Cast) -> None:
    issue = sent(cast.amina)
    owner = cast.ids["owner"]
    first = {"status": "planned", "owner_id": owner, "due_on": date(2026, 9, 1), "priority": 2}
    answer = edited(cast, issue, **first)
    assert answer["previous"] == {"status": "new", "owner_id": None, "due_on": None, "priority": None}
    [view] = answer["pins"]
    told = {"status": "planned", "owner_id": str(owner), "due_on": "2026-09-01", "priority": 2}
    assert view["issue"] | told == view["issue"]
    assert (view["status"], view["owner_id"]) == ("planned", str(owner))
    again = edited(cast, issue, owner_id=None, title={"sv": "Lampan"}, priority=2)
    assert again["previous"] == {"owner_id": str(owner), "title": {}}


def test_an_edit_moves_the_pin_is_kept_and_is_logged(cast: Cast) -> None:
    issue = sent(cast.amina)
    before = feed_seq(cast)
    edited(cast, issue, status="reviewed", lever="social")
    pin, change = cast.one(Pin), cast.one(Change, Change.thing == "pin")
    assert (pin.seq, change.seq, change.verb) == (before + 1, before + 1, "edit")
    assert seq_of(cast, issue) == feed_seq(cast) == before + 1
    with cast.app.app_context():
        told = review.history(cast.staff("fatima"), cast.a.id, pin.id)
    assert (told[-1]["name"], told[-1]["act"]) == ("Fatima", {"status": "reviewed", "lever": "social"})
    line = cast.one(Audit, Audit.act == "issue_edit")
    assert (line.thing_id, line.facts["fields"]) == (str(issue), ["lever", "status"])


def test_what_is_already_so_moves_nothing_and_is_never_stale(cast: Cast) -> None:
    issue = sent(cast.amina)
    seen = seq_of(cast, issue)
    edited(cast, issue, seen, status="reviewed")
    before = feed_seq(cast)
    assert edited(cast, issue, seen, status="reviewed")["previous"] == {}
    assert feed_seq(cast) == before


def test_a_stale_edit_shows_how_the_issue_stands(cast: Cast) -> None:
    issue = sent(cast.amina)
    edited(cast, issue, 0, person="Ali")
    problem = refused(cast, issues.edit, cast.a.id, issue, {"person": "Bo"}, 0, NOW)
    assert problem.code == "stale"
    current = problem.extra["current"]
    assert (current["id"], current["person"], current["seq"]) == (str(issue), "Ali", seq_of(cast, issue))
    assert [pin["issue"]["id"] for pin in current["pins"]] == [str(issue)]


def test_a_no_needs_a_public_reason_and_keeps_it(cast: Cast) -> None:
    issue = sent(cast.amina)
    for status in ("declined", "by_design"):
        args = (cast.a.id, issue, {"status": status}, 0, NOW)
        assert refused(cast, issues.edit, *args).code == "reason_required"
    edited(cast, issue, status="declined", decision=REASON)
    args = (cast.a.id, issue, {"decision": {}}, seq_of(cast, issue), NOW)
    assert refused(cast, issues.edit, *args).code == "reason_required"
    assert cast.one(Issue, Issue.id == issue).decision == REASON


def test_a_no_is_undone_by_what_was_before(cast: Cast) -> None:
    issue = sent(cast.amina)
    answer = edited(cast, issue, status="declined", decision=REASON)
    edited(cast, issue, **answer["previous"])
    row = cast.one(Issue, Issue.id == issue)
    assert (row.status, row.decision) == ("new", {})


def test_a_status_that_may_not_follow_is_refused(cast: Cast) -> None:
    issue = sent(cast.amina)
    problem = refused(cast, issues.edit, cast.a.id, issue, {"status": "verified"}, 0, NOW)
    assert (problem.code, problem.extra["present"]) == ("status_not_allowed", "new")


def test_done_has_its_time_and_loses_it_when_it_is_opened(cast: Cast) -> None:
    issue = sent(cast.amina)
    edited(cast, issue, status="done")
    assert cast.one(Issue, Issue.id == issue).done_at == NOW
    edited(cast, issue, status="verified")
    assert cast.one(Issue, Issue.id == issue).done_at == NOW
    edited(cast, issue, status="done")
    edited(cast, issue, status="in_progress")
    assert cast.one(Issue, Issue.id == issue).done_at is None


def test_only_an_owner_of_the_organisation_can_answer(cast: Cast) -> None:
    issue = sent(cast.amina)
    with cast.app.app_context():
        foreign = an_owner(_organisation(cast.ids["their organisation"]), "Nils ägare").id
        db.session.commit()
    for owner in (foreign, uuid4()):
        problem = refused(cast, issues.edit, cast.a.id, issue, {"owner_id": owner}, 0, NOW)
        assert problem.code == "not_found"


def _organisation(organisation_id: UUID) -> Any:
    from app.models import Organisation

    return db.session.get_one(Organisation, organisation_id)


def test_many_are_edited_and_a_stale_one_is_left_alone(cast: Cast) -> None:
    one, two, three = (sent(cast.amina) for _ in range(3))
    edited(cast, two, person="Ali")
    wanted = [{"id": issue, "seq": 0} for issue in (one, two, three)]
    answer = act(cast, issues.edit_many, cast.a.id, wanted, {"person": "Bo"}, NOW)
    assert answer["stale"] == [str(two)]
    assert [(each["id"], each["fields"]) for each in answer["previous"]] == [
        (str(one), {"person": None}),
        (str(three), {"person": None}),
    ]
    assert {each["seq"] for each in answer["previous"]} == {seq_of(cast, one)} == {seq_of(cast, three)}
    assert [issue_seen(cast, issue)["person"] for issue in (one, two, three)] == ["Bo", "Ali", "Bo"]


def test_many_are_refused_as_one(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    edited(cast, one, decision=REASON)
    wanted = [{"id": issue, "seq": seq_of(cast, issue)} for issue in (one, two)]
    for fields, code in (
        ({"status": "declined"}, "reason_required"),
        ({"status": "verified"}, "status_not_allowed"),
        ({"owner_id": uuid4()}, "not_found"),
    ):
        assert refused(cast, issues.edit_many, cast.a.id, wanted, fields, NOW).code == code
    unknown = [*wanted, {"id": uuid4(), "seq": 0}]
    assert refused(cast, issues.edit_many, cast.a.id, unknown, {"person": "Bo"}, NOW).code == "not_found"
    assert [cast.one(Issue, Issue.id == issue).status for issue in (one, two)] == ["new", "new"]


def test_merged_pins_share_one_issue_and_keep_their_own(cast: Cast) -> None:
    one, two, three = sent(cast.amina), sent(cast.amina), sent(cast.another_phone(cast.a))
    edited(cast, two, status="planned", person="Ali")
    edited(cast, one, status="assigned")
    assert merged(cast, one, two, three) == [two, three]
    for birth in (one, two, three):
        told = issue_seen(cast, birth)
        assert (told["id"], told["status"], told["person"]) == (str(one), "assigned", None)
        assert (told["voices"], told["members"]) == (2, 3)
    assert cast.one(Issue, Issue.id == two).person == "Ali"


def test_merging_moves_every_pin_and_what_phones_are_told(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    edited(cast, one, status="planned")
    before = cast.amina.changes()
    merged(cast, one, two)
    after = cast.amina.changes(epoch=before["epoch"], after=before["seq"])
    assert [item["status"] for item in after["items"]] == ["planned", "planned"]
    edited(cast, one, status="in_progress")
    assert {item["status"] for item in cast.amina.feed()} == {"in_progress"}


def test_the_map_tells_the_status_of_the_effective_issue(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    edited(cast, one, status="planned")
    with cast.app.app_context():
        before = desk_map.encoded_map(feed.feed_head(cast.a.id)).tag
    merged(cast, one, two)
    with cast.app.app_context():
        head = feed.feed_head(cast.a.id)
        assert desk_map.encoded_map(head).tag != before
        told = desk_map.columns(head)
    assert [told["words"]["status"][place] for place in told["status"]] == ["planned", "planned"]


def test_a_withdrawn_pin_is_no_voice(cast: Cast) -> None:
    one, other = sent(cast.amina), cast.another_phone(cast.a)
    two = sent(other)
    merged(cast, one, two)
    pin_id = cast.one(Pin, Pin.issue_id == two).id
    assert other.withdraw(pin_id).status_code == 200
    told = issue_seen(cast, one)
    assert (told["voices"], told["members"]) == (1, 2)


def test_an_edit_of_a_merged_issue_is_one_of_where_it_went(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    merged(cast, one, two)
    answer = edited(cast, two, seq_of(cast, one), status="reviewed")
    assert len(answer["pins"]) == 2
    assert cast.one(Issue, Issue.id == one).status == "reviewed"
    assert cast.one(Issue, Issue.id == two).status == "new"
    assert cast.count(PinRevision, PinRevision.actor.startswith("facilitator")) == 4


def test_a_group_that_is_merged_points_at_one_issue_and_comes_back_as_a_group(cast: Cast) -> None:
    one, two, three = (sent(cast.amina) for _ in range(3))
    merged(cast, two, three)
    came = merged(cast, one, two)
    assert came == [two, three]
    assert {cast.one(Issue, Issue.id == each).merged_into_id for each in came} == {one}
    assert split(cast, *came) == one
    assert [issue_seen(cast, each)["id"] for each in (one, two, three)] == [str(one), str(two), str(two)]


def test_splitting_gives_back_the_fields_that_it_had(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    edited(cast, two, status="declined", decision=REASON)
    merged(cast, one, two)
    edited(cast, one, status="done")
    assert split(cast, two) == one
    told = issue_seen(cast, two)
    assert (told["id"], told["status"], told["decision"], told["voices"]) == (str(two), "declined", REASON, 1)
    assert merged(cast, one, two) == [two]
    assert issue_seen(cast, two)["status"] == "done"


def test_merging_or_splitting_twice_moves_nothing_the_second_time(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    merged(cast, one, two)
    before = feed_seq(cast)
    assert merged(cast, one, two) == []
    assert feed_seq(cast) == before
    split(cast, two)
    before = feed_seq(cast)
    assert split(cast, two) == two
    assert feed_seq(cast) == before


def test_the_one_that_others_went_into_cannot_leave_them(cast: Cast) -> None:
    one, two, three, four = (sent(cast.amina) for _ in range(4))
    merged(cast, one, two)
    problem = refused(cast, issues.split, cast.a.id, [one], NOW)
    assert (problem.code, problem.extra["issues"]) == ("issue_is_root", [str(one)])
    merged(cast, three, four)
    assert refused(cast, issues.split, cast.a.id, [two, four], NOW).code == "invalid"


def test_a_merge_makes_the_versions_of_both_stale(cast: Cast) -> None:
    one, two = sent(cast.amina), sent(cast.amina)
    seen = seq_of(cast, one)
    merged(cast, one, two)
    assert refused(cast, issues.edit, cast.a.id, one, {"priority": 1}, seen, NOW).code == "stale"


def test_duplicates_are_suggested_until_they_are_merged(cast: Cast) -> None:
    near = {"lat": LAT + 0.0002, "lon": LON}
    one, two = sent(cast.amina), sent(cast.amina, there=near)
    sent(cast.amina, category="litter")
    hidden = uuid4()
    cast.amina.put_pin(hidden)
    seen = cast.one(Pin, Pin.id == hidden).seq
    act(cast, review.review_pin, cast.a.id, hidden, "hidden", seen, NOW)
    [found] = act(cast, issues.duplicates, cast.a.id)
    assert (found["issues"], found["category"], found["metres"]) == ([str(one), str(two)], "lighting", 23)
    merged(cast, one, two)
    assert act(cast, issues.duplicates, cast.a.id) == []


def test_owners_used_last_come_first_and_a_name_is_one_owner(cast: Cast) -> None:
    issue = sent(cast.amina)
    added = act(cast, owners.add_owner, cast.a.id, " Bolaget ", "housing_company", NOW)
    again = act(cast, owners.add_owner, cast.a.id, "Bolaget", "housing_company", NOW + timedelta(days=1))
    assert added == again
    act(cast, owners.add_owner, cast.a.id, "Aktiebolaget", "other", NOW)
    edited(cast, issue, owner_id=cast.ids["owner"])
    assert [one["name"] for one in act(cast, owners.owners, cast.a.id)] == ["Ove", "Aktiebolaget", "Bolaget"]
    assert cast.count(Owner) == 3


def test_foreign_walks_and_issues_look_like_none(cast: Cast) -> None:
    one, two, in_b = sent(cast.amina), sent(cast.amina), sent(cast.bengt)
    attempts: list[tuple[Any, ...]] = [
        (issues.edit, one, {"person": "Nils"}, 0, NOW),
        (issues.edit_many, [{"id": one, "seq": 0}], {"person": "Nils"}, NOW),
        (issues.merge, one, [two], NOW),
        (issues.split, [two], NOW),
    ]
    for operation, *args in attempts:
        with pytest.raises(Problem, match="not_found"):
            act(cast, operation, cast.a.id, *args, who="nils")
        with pytest.raises(Problem, match="not_found"):
            act(cast, operation, cast.b.id, *args)
    for read in (issues.duplicates, owners.owners):
        with pytest.raises(Problem, match="not_found"):
            act(cast, read, cast.a.id, who="nils")
    with pytest.raises(Problem, match="not_found"):
        act(cast, owners.add_owner, cast.a.id, "Nils AB", "other", NOW, who="nils")
    assert refused(cast, issues.merge, cast.a.id, one, [in_b], NOW).code == "not_found"
    assert (
        cast.count(Issue, Issue.person == "Nils") == cast.count(Issue, Issue.merged_into_id.is_not(None)) == 0
    )


def test_a_page_costs_the_same_statements_however_many_pins(cast: Cast) -> None:
    births = [sent(cast.amina) for _ in range(12)]
    merged(cast, births[0], *births[1:6])

    def statements(ids: list[UUID]) -> int:
        asked: list[str] = []
        with cast.app.app_context():

            @sa.event.listens_for(db.engine, "before_cursor_execute")
            def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
                asked.append(statement)

            assert len(views.many_for_staff(ids)) == len(ids)
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    pins = [UUID(view["id"]) for view in staff_views(cast)]
    assert statements(pins) == statements(pins[:1])
