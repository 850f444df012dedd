"""What a walk's organiser and leaders are told at once, in words: a flood of pins, and codes tried at random.

Owns the sentences. Counts come from operations.hints and web.attempts; nothing is refused here.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from app.operations import hints
from app.rules.access import Actor
from app.web.attempts import is_being_guessed


def of_walk(actor: Actor, walk_id: UUID) -> list[str]:
    """Sentences, the gravest first; none when all is well. Raises Problem(not_found | forbidden)."""
    return [
        str(_sentence(kind, count)) for kind, count in hints.alarms(actor, walk_id, is_being_guessed("join"))
    ]


def _sentence(kind: str, n: int) -> Any:
    if kind == "guessing":
        return _(
            "Somebody is trying codes at random. They are stopped, and right codes work as before. "
            "If strangers do come in, make a new code."
        )
    if kind == "device_floods":
        return ngettext(
            "%(num)s phone has sent far more than people do. What is above its share is set aside: "
            "look under “Waiting and set aside”, and hide the phone if it is mischief.",
            "%(num)s phones have sent far more than people do. What is above their share is set aside: "
            "look under “Waiting and set aside”, and hide the phones if it is mischief.",
            n,
        )
    return ngettext(
        "%(num)s pin waits for review, more than walks have. Is somebody flooding it? "
        "Then pause new participants.",
        "%(num)s pins wait for review, more than walks have. Is somebody flooding it? "
        "Then pause new participants.",
        n,
    )
