"""Requests made up from the API's own description: no 5xx, no undocumented status, no answer of another form.

Each call is tried by those who are allowed and with addresses that exist, so that the made-up bodies
get past the door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from app.db import db
from app.models import Photo, Pin
from app.operations.facilitators import login_link
from tests.builders import a_photo, sha256
from tests.cast import Cast, make_cast

EXAMPLES = 12
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
FEW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def cast(app_factory: Callable[..., Flask]) -> Cast:
    """Guessing is not capped here: nearly everything made up is wrong."""
    cast = make_cast(app_factory(ATTEMPTS_PER_ADDRESS="10000", ATTEMPTS_IN_ALL="100000"))
    cast.app.testing = False  # what nobody foresaw becomes a 500, as it would for a client
    return cast


def ids_of(cast: Cast) -> dict[str, Any]:
    """A walk with a pin and its photo, for the addresses."""
    photo, pin_id, rating_id = a_photo(1), uuid4(), uuid4()
    assert cast.amina.put_pin(pin_id, photos=[{"sha256": sha256(photo)}]).status_code == 201
    assert cast.amina.put_photo(photo).status_code == 201
    assert cast.amina.put_rating(rating_id).status_code == 201
    cast.encode_photos()
    return {
        "walk_id": str(cast.a.id),
        "pin_id": str(pin_id),
        "issue_id": str(cast.one(Pin).issue_id),
        "rating_id": str(rating_id),
        "photo_id": str(cast.one(Photo).id),
        "participant_id": str(cast.amina.id),
    }


def desk_cookie(cast: Cast) -> str:
    with cast.app.app_context():
        link = login_link("fatima@example.org", datetime.now(UTC))
        db.session.commit()
    answer = cast.nobody.post(link.removeprefix("http://localhost"))
    return answer.headers["Set-Cookie"].partition(";")[0].partition("=")[2]


@dataclass
class Fuzz:
    """Tries one operation after the other, and remembers what came back."""

    ids: dict[str, Any]
    cookies: dict[str, str]
    statuses: set[int] = field(default_factory=set)

    def problem_of(self, operation: Any) -> str | None:
        """What is wrong with the answers to requests of this operation, good ones and bad ones."""
        documented = set(operation.definition.raw["responses"]) - {"default"}

        @FEW
        @given(
            case=strategies.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
        )
        def try_it(case: Any) -> None:
            case.path_parameters = fitting(case, self.ids)
            answer = case.call(cookies=self.cookies, headers={"Accept-Encoding": "identity"})
            self.statuses.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)
            assert str(answer.status_code) in documented, (
                f"{answer.status_code} is not described: {answer.text}"
            )

        try:
            try_it()
        except (AssertionError, FailureGroup) as failure:
            return str(failure)[:1500]
        return None


# The tool reads pictures to their end and leaves closing the file to the collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_request_made_up_from_the_description_breaks_anything(cast: Cast) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", cast.app)
    fuzz = Fuzz(ids_of(cast), {"trygg_walk": cast.amina.token, "desk": desk_cookie(cast)})
    operations = [result.ok() for result in schema.get_all_operations()]
    # Leaving and archiving end the story, so they come last.
    operations.sort(key=lambda operation: operation.path.endswith(("/me", "/state", "/rejoin")))
    wrong = {operation.label: said for operation in operations if (said := fuzz.problem_of(operation))}
    assert not wrong, "\n\n".join(f"{label}: {said}" for label, said in wrong.items())
    assert {200, 201, 204, 404, 422} <= fuzz.statuses


def fitting(case: Any, ids: dict[str, Any]) -> dict[str, Any]:
    """The address as made up, with ids that exist; a thing that a phone puts there itself is a new one."""
    made = dict(case.path_parameters or {})
    new = (
        case.operation.path.rpartition("{")[2].rstrip("}")
        if case.method == "PUT" and "/desk/" not in case.path
        else ""
    )
    return made | {name: value for name, value in ids.items() if name in made and name != new}
