"""Every act at the desk, written by hand: the route, what is sent, the log's word, and what takes it back.

An act without an undo says why it needs none. How they are tried is told in test_desk_acts.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MAKES = "adds, and takes nothing away; what puts it aside is an act of its own"
ANEW = "a person's own key or code, of which there is always a new one"
LEAVES = "one logs in again"
READS = "changes nothing that anybody sees"

API = "/api/desk/walks/<uuid:walk_id>"
PAGES = "/desk/walks/<uuid:walk_id>"
PIN, PHOTO = f"{API}/pins/<uuid:pin_id>", f"{API}/photos/<uuid:photo_id>"
PARTICIPANT = f"{API}/participants/<uuid:participant_id>"
ISSUE, ISSUES = f"{API}/issues/<uuid:issue_id>", f"{API}/issues"
ASIDE = f"{PAGES}/aside/participants/<uuid:participant_id>"
IMPORT = f"{PAGES}/import/<uuid:import_id>"
RESCUE = f"{PAGES}/rescue/<uuid:rescue_id>"
OWNERS = "/desk/owners/<uuid:organisation_id>"
OWNER = f"{OWNERS}/<uuid:owner_id>"
PEOPLE = "/desk/people/<uuid:organisation_id>"
PERSON = f"{PEOPLE}/<uuid:facilitator_id>"
SECOND = "/desk/account/second-factor"
PASSKEY = f"{SECOND}/passkeys/<uuid:passkey_id>"


@dataclass(frozen=True)
class Call:
    """One request; `{name}` in it stands for a thing of the scene, and `seen` for what If-Match names."""

    method: str
    rule: str
    json: Any = None
    form: dict[str, Any] | None = None
    seen: str = ""


@dataclass(frozen=True)
class Act:
    """What is done, and the log's word for it. `undo` takes it back, or says why nothing must.

    `before` is done first; `given` is what the scene must hold (GIVEN of test_desk_acts.py).
    """

    word: str
    do: Call
    undo: Call | str
    before: tuple[Call, ...] = ()
    given: str = ""
    who: str = "fatima"


def put(word: str, rule: str, do: Any, undo: Any, seen: str = "", given: str = "") -> Act:
    """A PUT of one value over another; the other is put first."""
    back = Call("PUT", rule, undo, seen=seen)
    return Act(word, Call("PUT", rule, do, seen=seen), back, (back,), given)


def post(word: str, rule: str, undo: dict[str, Any] | str, given: str = "", **form: Any) -> Act:
    """A form, and the form of the same address that takes it back."""
    back = Call("POST", rule, form=undo) if isinstance(undo, dict) else undo
    return Act(word, Call("POST", rule, form=form), back, given=given)


def by_administrator(act: Act) -> Act:
    return Act(act.word, act.do, act.undo, act.before, act.given, "administrator")


def plan(which: str) -> Call:
    """Save one of the scene's plans, over the one that stands."""
    return Call("PUT", f"{API}/plan", which, seen="plan")


REMOVAL, RETURN = Call("POST", f"{PASSKEY}/removal"), Call("POST", f"{PASSKEY}/return")
CODE_BACK = Call("POST", f"{PAGES}/code", form={"back": "yes"})
SETTINGS_OF = "/desk/organisation/<uuid:organisation_id>"
WITHDRAWAL = f"{PEOPLE}/invitations/<uuid:invitation_id>/withdrawal"
BOTH = {"into": "{issue_id}", "issues": ["{issue_id}", "{other_issue_id}"]}
MERGE = Call("POST", f"{ISSUES}/merge", BOTH)
SPLIT = Call("POST", f"{ISSUES}/split", {"issues": ["{other_issue_id}"]})
ONE_ISSUE = [{"id": "{issue_id}", "seq": "{issue_seq}"}]
BOX = {"boxes": [[16, 16, 200, 150]], "proposals": []}
HALF_BOX = {"boxes": [[16, 16, 100, 75]], "proposals": []}
RING = "[[24.9,60.1],[24.91,60.1],[24.91,60.11],[24.9,60.1]]"
GROUND = '{"type":"Polygon","coordinates":[' + RING + "]}"
GROUNDS = (
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Parken"},'
    '"geometry":' + GROUND + "}]}"
)
NEW_WALK = {
    "title": "Ny",
    "light": "dark",
    "starts_at": "2099-10-01T18:00:00+02:00",
    "ends_at": "2099-10-01T20:00:00+02:00",
    "area_name": "Kajen",
    "box": [24.9, 60.1, 25.0, 60.2],
}
WHEN = {"date": "2099-11-11", "from": "18:00", "to": "19:30"}
NEW_FORM = WHEN | {"title": "Ny", "light": "dark", "area_name": "Kajen", "shape": "box"}
NEW_FORM |= {"west": "24.9", "south": "60.1", "east": "25.0", "north": "60.2", "timezone": "Europe/Stockholm"}
ABOUT = WHEN | {"title": "Kajen", "light": "dark", "languages": ["sv", "en"]}
SETTINGS = {"name": "Staden", "retention_months": "12", "original_days": "30", "second_factor_of": "nobody"}
INVITED = {"email": "ny@example.org", "name": "Ny", "role": "observer"}
CARD = {"stop": "1", "category": "1", "kind": "1", "text": "Mörkt"}
OWNED = {"name": "Parken", "kind": "municipality", "contact": ""}

PINS = (
    put("review_pin", f"{PIN}/review", {"pin": "hidden"}, {"pin": "approved"}, "pin_seq"),
    put("review_text", f"{PIN}/text-review", {"text": "hidden"}, {"text": "approved"}, "pin_seq"),
    put("public_text", f"{PIN}/public-text", {"text": {"sv": "Ja"}}, {"text": {}}, "pin_seq"),
    put("settle_conflict", f"{PIN}/conflict", {"conflict": True}, {"conflict": False}, "pin_seq"),
    put("review_photo", f"{PHOTO}/review", {"photo": "hidden"}, {"photo": "approved"}, "photo_seq"),
    put("redact", f"{PHOTO}/redaction", BOX, HALF_BOX, "photo_seq"),
    Act("open_original", Call("POST", f"{PHOTO}/original"), READS, given="redacted photo"),
    post("photo_again", f"{PAGES}/aside/photos/<uuid:photo_id>", READS, given="unreadable photo"),
    put("hide_participant", f"{PARTICIPANT}/hidden", {"hidden": True}, {"hidden": False}),
    put("let_in_participant", f"{PARTICIPANT}/waiting", {"waits": True}, {"waits": False}, given="waiting"),
    post("hide_participant", ASIDE, {"act": "show"}, act="hide"),
    post("let_in_participant", ASIDE, {"act": "wait"}, given="waiting", act="let_in"),
    post("release_participant", ASIDE, {"act": "set_aside"}, given="set aside", act="release"),
    post("let_in_participant", f"{PAGES}/aside/waiting", {"at": "{at}"}, given="waiting"),
    post("pin_enter", f"{PAGES}/paper", MAKES, **CARD),
    post("pin_withdraw", f"{PAGES}/paper/<uuid:card_id>/undo", {"back": "yes"}, given="card"),
    post("import_bring", f"{PAGES}/import", MAKES, pasted="stop;category\n1;litter"),
    post("import_done", IMPORT, MAKES, given="file", act="take_in"),
    post("import_bring", f"{PAGES}/rescue", MAKES, given="saved file", file="{saved}"),
    post("rescue_done", RESCUE, MAKES, given="rescue", act="take_in"),
    post("import_undone", f"{RESCUE}/undone", {"undone": "no"}, given="rescue taken in", undone="yes"),
    post("import_undone", f"{IMPORT}/undone", {"undone": "no"}, given="import", undone="yes"),
)

ISSUES_ = (
    put(
        "issue_edit",
        ISSUE,
        {"person": "Ali", "due_on": "2099-01-01"},
        {"person": None, "due_on": None},
        "issue_seq",
    ),
    put(
        "issue_edit",
        ISSUE,
        {"status": "declined", "decision": {"sv": "Nej"}},
        {"status": "new", "decision": {}},
        "issue_seq",
    ),
    put(
        "issue_edit",
        ISSUES,
        {"issues": ONE_ISSUE, "fields": {"priority": 1}},
        {"issues": ONE_ISSUE, "fields": {"priority": None}},
    ),
    Act("issues_merge", MERGE, SPLIT),
    Act("issues_split", SPLIT, MERGE, (MERGE,)),
    Act("owner_add", Call("POST", f"{API}/owners", {"name": "Bo", "kind": "other"}), MAKES),
)

WALKS = (
    Act("walk_new", Call("POST", "/api/desk/walks", NEW_WALK), MAKES),
    post("walk_new", "/desk/walks/new", MAKES, **NEW_FORM),
    post("walk_new", f"{PAGES}/again", MAKES, **WHEN),
    post("walk_about", f"{PAGES}/about", ABOUT, given="about", **ABOUT | {"title": "Torget", "light": "day"}),
    post("walk_pack", f"{PAGES}/map", {"pack": ""}, pack="kotka"),
    Act(
        "walk_plan",
        Call("PUT", f"{API}/plan", "less", seen="plan"),
        Call("PUT", f"{API}/plan", "plan", seen="plan"),
        given="draft",
    ),
    put("walk_newcomers", f"{API}/newcomers", {"paused": True}, {"paused": False}),
    post("walk_newcomers", f"{PAGES}/newcomers", {"paused": "no"}, paused="yes"),
    post("walk_waiting_room", f"{PAGES}/waiting-room", {"mode": "off"}, mode="now"),
    Act("walk_code", Call("POST", f"{API}/code", {}), CODE_BACK, given="code before"),
    post("walk_code", f"{PAGES}/code", {"back": "yes"}, given="code before"),
    put("walk_closing", f"{API}/state", {"state": "closing"}, {"state": "open"}),
    post("walk_closing", f"{PAGES}/state", {"state": "open"}, state="closing"),
    post("walk_closed", f"{PAGES}/state", {"state": "closing"}, given="closing", state="closed"),
    post("walk_archived", f"{PAGES}/state", {"state": "closed"}, given="closed", state="archived"),
)

ORGANISATION = (
    post("owner_add", f"{OWNERS}/new", MAKES, name="Bo AB", kind="other"),
    post("owner_edit", OWNER, OWNED, name="Gatan", kind="other", contact="gata@example.org"),
    post("owner_edit", OWNER, OWNED | {"categories": "litter"}, given="usual", **OWNED),
    post("owner_aside", f"{OWNER}/aside", {"aside": "no"}, aside="yes"),
    Act(
        "owner_ground",
        Call("POST", f"{OWNERS}/import", form={"collection": GROUNDS}),
        Call("POST", f"{OWNER}/ground-back"),
        given="ground",
    ),
    post("owner_ground_back", f"{OWNER}/ground-back", {}, given="ground"),
    *map(
        by_administrator,
        (
            post(
                "settings",
                "/desk/organisation/<uuid:organisation_id>",
                SETTINGS,
                **SETTINGS | {"name": "Byn", "retention_months": "6"},
            ),
            post("invite", f"{PEOPLE}/invitations", MAKES, **INVITED),
            post(
                "withdraw_invitation",
                f"{PEOPLE}/invitations/<uuid:invitation_id>/withdrawal",
                {"back": "yes"},
                given="invitation",
            ),
            post("role", f"{PERSON}/role", {"role": "owner"}, role="leader"),
            post("access_end", f"{PERSON}/access", {"ended": "no"}, ended="yes"),
            post("sign_in_reset", f"{PERSON}/second-factor/reset", ANEW),
        ),
    ),
)

OWN = (
    post("log_out", "/desk/account/logins/<uuid:login_id>/end", LEAVES, given="another log-in"),
    post("log_out_others", "/desk/account/logins/end-others", LEAVES, given="another log-in"),
    post("passphrase", "/desk/account/passphrase", ANEW, password="häst batteri klammer åska"),
    post("totp_on", f"{SECOND}/app/confirmation", MAKES, given="secret", code="{code}"),
    post("recovery_codes", f"{SECOND}/recovery-codes", ANEW, given="app", typed="{code}"),
    post("totp_off", f"{SECOND}/off", ANEW, given="app", typed="{code}"),
    post("passkey_add", f"{SECOND}/passkey", MAKES, given="device", answer="{answer}", name="Telefon"),
    Act(
        "passkey_remove",
        Call("POST", f"{PASSKEY}/removal"),
        Call("POST", f"{PASSKEY}/return"),
        given="passkey",
    ),
    Act(
        "passkey_back",
        Call("POST", f"{PASSKEY}/return"),
        Call("POST", f"{PASSKEY}/removal"),
        given="removed passkey",
    ),
)
ACTS = (*PINS, *ISSUES_, *WALKS, *ORGANISATION, *OWN)

SILENT: dict[tuple[str, str], str] = {
    ("POST", f"{SECOND}/seen"): "a notice was read",
    ("POST", f"{SECOND}/app"): "a secret that counts for nothing before its first code",
    ("POST", f"{SECOND}/passkey/again"): "the person is asked once more",
    ("POST", "/desk/login"): "told by the log-in that follows, of whoever gets in",
    ("POST", "/desk/login/second"): "told by the log-in that follows, of whoever gets in",
    ("POST", "/desk/login/second/passkey"): "told by the log-in that follows, of whoever gets in",
    ("POST", "/desk/login/passkey"): "told by the log-in that follows, of whoever gets in",
    ("POST", "/desk/link/<token>"): "told by the log-in that follows, of whoever gets in",
    ("POST", "/desk/logout"): "one's own log-in ends, as it does by itself",
}
"""What writes no line of its own, and why."""
