"""The facts of a log line in words: which pin, what from and to, how many, which fields.

Owns the sentences alone. A fact that is not named here is shown as it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.web.desk.words import ROLE_NAMES

REVIEW_NAMES: dict[str, Any] = {"new": _("New"), "approved": _("Approved"), "hidden": _("Hidden")}
FIELD_NAMES: dict[str, Any] = {
    "status": _("Status"),
    "owner_id": _("Who does it"),
    "person": _("Person"),
    "due_on": _("Done by"),
    "horizon": _("How soon"),
    "lever": _("By what means"),
    "mode": _("How together"),
    "priority": _("Priority"),
    "reference": _("Reference"),
    "title": _("Heading"),
    "decision": _("Public reason"),
    "name": _("Name"),
    "brand_colour": _("Colour"),
    "original_days": _("Days that originals are kept"),
    "second_factor_of": _("Second factor asked of"),
    "retention_months": _("How long pins and photos are kept"),
}
OWNER_KINDS: dict[str, Any] = {
    "municipality": _("Municipality"),
    "housing_company": _("Housing company"),
    "property_owner": _("Property owner"),
    "public_transport": _("Public transport"),
    "road_authority": _("Road authority"),
    "police": _("Police"),
    "association": _("Association"),
    "residents": _("Residents"),
    "other": _("Other"),
}


def words_of(facts: Mapping[str, Any]) -> list[str]:
    """One text for each fact, in the order in which one would say them."""
    left = dict(facts)
    said = []
    if "number" in left:
        said.append(gettext("Pin %(n)s", n=left.pop("number")))
    if "before" in left and "to" in left:
        before, to = _state(left.pop("before")), _state(left.pop("to"))
        said.append(gettext("from “%(before)s” to “%(to)s”", before=before, to=to))
    return said + [_fact(name, value) for name, value in left.items()]


def _fact(name: str, value: Any) -> str:
    if name in COUNTED:
        return str(COUNTED[name](value))
    if name in ("fields", "changed"):
        return ", ".join(str(FIELD_NAMES.get(field, field)) for field in value)
    return str(CHOICES.get(name, {}).get(str(value), f"{name}: {value}"))


def _state(code: str) -> str:
    return str(ROLE_NAMES.get(code) or REVIEW_NAMES.get(code, code))


COUNTED: dict[str, Any] = {
    "pins": lambda n: ngettext("%(num)s pin", "%(num)s pins", n),
    "photos": lambda n: ngettext("%(num)s photo", "%(num)s photos", n),
    "issues": lambda n: ngettext("%(num)s issue", "%(num)s issues", n),
    "merged": lambda n: ngettext("%(num)s issue merged into it", "%(num)s issues merged into it", n),
    "split": lambda n: ngettext("%(num)s issue split off", "%(num)s issues split off", n),
    "count": lambda n: ngettext("%(num)s log-in", "%(num)s log-ins", n),
}
CHOICES: dict[str, Mapping[str, Any]] = {
    "role": ROLE_NAMES,
    "kind": OWNER_KINDS,
    "paused": {"True": _("Paused"), "False": _("Let in")},
    "to": {"True": _("Hidden"), "False": _("Shown again")},
}
