"""Rows of the access matrix: their form, and those of people, accounts and logging in.

What the columns mean is told in test_access_matrix.py, which tries every row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.test_access_matrix import Scene

WHO = ("nobody", "bengt", "nils", "ove", "fatima", "amina")
ROLES = ("leader", "observer", "administrator")


@dataclass(frozen=True)
class Row:
    """Statuses for everyone, the body that is sent, and headers.

    `roles` are those of ROLES, where they do not follow from the rest (test_access_roles.py).
    """

    own: str
    none: str = ""
    other: str = ""
    body: Callable[[Scene], Any] | None = None
    form: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    roles: str = ""


NOT_DONE = "303 303 404 404 404 303"
MANAGED = "303 303 404 404 403 303"
OF_ADMINISTRATORS = Row("303 303 403 403 403 303", roles="403 403 200")
OWN_PAGE, OWN_ACT = Row("303 303 200 200 200 303"), Row("303 303 303 303 303 303")
SECOND = "/desk/account/second-factor"
PEOPLE = "/desk/people/<uuid:organisation_id>"
INVITED = {"email": "ny@example.org", "name": "Ny", "role": "observer"}
SETTINGS = {"name": "Staden", "retention_months": "12", "original_days": "30", "second_factor_of": "nobody"}

DONE = "303 303 404 404 303 303"
RUN_PAGE = Row("303 303 404 404 200 303", "303 303 404 404 404 303", roles="403 403 200")
OWNERS = "/desk/owners/<uuid:organisation_id>"
RING = "[[24.9,60.1],[24.91,60.1],[24.91,60.11],[24.9,60.1]]"
GROUNDS = (
    '{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"name":"Bo"}},'
    f'"geometry":{{{{"type":"Polygon","coordinates":[{RING}]}}}}}}}}]}}}}'
)

ACCOUNT: dict[tuple[str, str], Row] = {
    # Owners of the organisation
    ("GET", "/desk/owners"): Row("303 303 200 403 200 303", roles="403 403 200"),
    ("GET", f"{OWNERS}/new"): RUN_PAGE,
    ("POST", f"{OWNERS}/new"): Row(DONE, NOT_DONE, form={"name": "Bo AB", "kind": "other"}),
    ("POST", f"{OWNERS}/import"): Row(DONE, NOT_DONE, form={"collection": GROUNDS}),
    ("GET", f"{OWNERS}/<uuid:owner_id>"): RUN_PAGE,
    ("POST", f"{OWNERS}/<uuid:owner_id>"): Row(DONE, NOT_DONE, form={"name": "Bo", "kind": "other"}),
    ("POST", f"{OWNERS}/<uuid:owner_id>/aside"): Row(DONE, NOT_DONE, form={"aside": "yes"}),
    ("POST", f"{OWNERS}/<uuid:owner_id>/ground-back"): Row(DONE, NOT_DONE),
    # Administrators of the organisation, and everybody's own account
    ("GET", "/desk/people"): OF_ADMINISTRATORS,
    ("GET", "/desk/audit"): OF_ADMINISTRATORS,
    ("GET", "/desk/organisation"): OF_ADMINISTRATORS,
    ("GET", "/desk/organisation/colour/<colour>.css"): Row(
        "303 303 200 200 200 303", "303 303 404 404 404 303"
    ),
    ("POST", "/desk/organisation/<uuid:organisation_id>"): Row(
        MANAGED,
        NOT_DONE,
        form=SETTINGS,
        roles="403 403 303",
    ),
    ("POST", f"{PEOPLE}/invitations"): Row(MANAGED, NOT_DONE, form=INVITED, roles="403 403 200"),
    ("POST", f"{PEOPLE}/invitations/<uuid:invitation_id>/withdrawal"): Row(
        MANAGED, NOT_DONE, roles="403 403 303"
    ),
    ("POST", f"{PEOPLE}/<uuid:facilitator_id>/role"): Row(
        MANAGED, NOT_DONE, form={"role": "owner"}, roles="403 403 303"
    ),
    ("POST", f"{PEOPLE}/<uuid:facilitator_id>/access"): Row(
        MANAGED, NOT_DONE, form={"ended": "no"}, roles="403 403 303"
    ),
    ("POST", f"{PEOPLE}/<uuid:facilitator_id>/second-factor/reset"): Row(
        MANAGED, NOT_DONE, roles="403 403 303"
    ),
    ("GET", "/desk/account"): Row("303 303 200 200 200 303"),
    ("POST", "/desk/account/logins/end-others"): Row("303 303 303 303 303 303"),
    ("POST", "/desk/account/logins/<uuid:other_id>/end"): Row(
        "303 303 404 404 404 303", "303 303 404 404 404 303"
    ),
    ("POST", "/desk/account/passphrase"): Row("303 303 422 422 422 303", form={"password": ""}),
    ("GET", SECOND): OWN_PAGE,
    ("POST", f"{SECOND}/seen"): OWN_ACT,
    ("POST", f"{SECOND}/app"): OWN_ACT,
    ("GET", f"{SECOND}/app"): OWN_PAGE,
    ("POST", f"{SECOND}/app/confirmation"): Row("303 303 422 422 422 303", form={"code": "000000"}),
    ("POST", f"{SECOND}/recovery-codes"): Row("303 303 422 422 422 303", form={"typed": "?"}),
    ("POST", f"{SECOND}/off"): Row("303 303 422 422 422 303", form={"typed": "?"}),
    ("GET", f"{SECOND}/passkey"): OWN_PAGE,
    ("POST", f"{SECOND}/passkey"): Row("303 303 303 303 303 303", form={"answer": "?"}),
    ("POST", f"{SECOND}/passkey/again"): Row("303 303 422 422 422 303", form={"typed": "?"}),
    ("POST", f"{SECOND}/passkeys/<uuid:other_id>/removal"): Row(
        "303 303 404 404 404 303", "303 303 404 404 404 303"
    ),
    ("POST", f"{SECOND}/passkeys/<uuid:other_id>/return"): Row(
        "303 303 404 404 404 303", "303 303 404 404 404 303"
    ),
    # Logging in and out
    ("GET", "/desk/login/second"): Row("303 303 303 303 303 303"),
    ("POST", "/desk/login/second"): Row("303 303 303 303 303 303", form={"code": "000000"}),
    ("POST", "/desk/login/second/passkey"): Row("303 303 303 303 303 303", form={"answer": "?"}),
    ("GET", "/desk/sign-on"): Row("404 404 404 404 404 404"),
    ("GET", "/desk/sign-on/back"): Row("404 404 404 404 404 404"),
    ("POST", "/desk/login/passkey"): Row("303 303 303 303 303 303", form={"answer": "?"}),
    ("GET", "/desk/link/<token>"): Row("200 200 200 200 200 200", "410 410 410 410 410 410"),
    ("POST", "/desk/link/<token>"): Row(
        "303 410 410 410 410 410", "410 410 410 410 410 410", roles="303 410 410"
    ),
    ("GET", "/desk/login"): Row("200 200 302 302 302 200"),
    ("POST", "/desk/login"): Row("200 200 302 302 302 200", form={"email": "x@example.org", "password": "?"}),
    ("POST", "/desk/logout"): Row("302 302 302 302 302 302"),
}

RESCUES = "/desk/walks/<uuid:walk_id>/rescue"
RESCUE: dict[tuple[str, str], Row] = {
    # What a phone could not send, brought as a file
    ("GET", RESCUES): RUN_PAGE,
    ("POST", RESCUES): Row("303 303 404 404 422 303", NOT_DONE, form={"act": ""}, roles="403 403 422"),
    ("GET", f"{RESCUES}/<uuid:rescue_id>"): replace(RUN_PAGE, other="303 303 404 404 404 303"),
    ("GET", f"{RESCUES}/<uuid:rescue_id>/photos/<sha256:sha256>"): replace(
        RUN_PAGE, other="303 303 404 404 404 303"
    ),
    ("POST", f"{RESCUES}/<uuid:rescue_id>"): Row(DONE, NOT_DONE, NOT_DONE, form={"act": "take_in"}),
    ("POST", f"{RESCUES}/<uuid:rescue_id>/undone"): Row(
        "303 303 404 404 404 303", NOT_DONE, NOT_DONE, form={"undone": "yes"}, roles="403 403 404"
    ),
}
