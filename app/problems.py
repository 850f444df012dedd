"""The catalogue of everything that can go wrong, one line each.

Owns the stable code, the HTTP status, the sentence a person reads and whether trying again can
help. Anything raised to a client is a `Problem`. Translation happens where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Kind:
    """One thing that can go wrong. `retry`: the same request may succeed later, unchanged."""

    status: int
    title: Any
    retry: bool = False


CATALOGUE: dict[str, Kind] = {
    # What was sent cannot be read
    "malformed_json": Kind(400, _("The message could not be read.")),
    "malformed_request": Kind(400, _("The request could not be understood.")),
    "invalid": Kind(422, _("Something in the message has the wrong form.")),
    "hash_mismatch": Kind(422, _("The photo changed on its way. It will be sent again."), retry=True),
    "photo_not_image": Kind(415, _("The file is not a picture that we can open.")),
    "unsupported_type": Kind(415, _("This kind of file is not accepted here.")),
    "too_large": Kind(413, _("This is too large to send.")),
    "length_required": Kind(411, _("The size of the message is missing.")),
    "encoded_body": Kind(415, _("Compressed messages are not accepted.")),
    # Who is asking
    "not_joined": Kind(401, _("Scan the walk's code again to go on sending.")),
    "not_logged_in": Kind(401, _("Log in to see this page.")),
    "wrong_login": Kind(401, _("E-mail or password is wrong.")),
    "wrong_code": Kind(422, _("The code is wrong, too old or used already.")),
    "passkey_refused": Kind(422, _("That passkey does not fit here, or it took too long. Try again.")),
    "login_again": Kind(401, _("It took too long. Log in once more.")),
    "sign_on_stale": Kind(409, _("The log-in took too long, or began in another window. Begin again.")),
    "sign_on_denied": Kind(403, _("The log-in was stopped where you should have logged in.")),
    "sign_on_unknown": Kind(403, _("Nobody has invited you yet. Ask an administrator of your organisation.")),
    "sign_on_unverified": Kind(
        403, _("Your e-mail address is not confirmed where you logged in, so we cannot tell who you are.")
    ),
    "sign_on_untrusted": Kind(403, _("The answer from where you logged in could not be trusted.")),
    "sign_on_clocks": Kind(
        503, _("The clocks there and here differ. Whoever runs the service must set them."), retry=True
    ),
    "sign_on_unreachable": Kind(
        503, _("The place where you log in does not answer right now. Try again in a while."), retry=True
    ),
    "second_factor_required": Kind(403, _("Your organisation asks for a second factor. Set one up first.")),
    "link_used": Kind(410, _("The link has been used or is too old. Ask for a new one.")),
    "cross_site": Kind(403, _("The request came from another website.")),
    "forbidden": Kind(403, _("Your account may not do this.")),
    "unknown_host": Kind(421, _("This address does not belong to the service.")),
    "too_many_attempts": Kind(429, _("Too many attempts. Wait a minute and try again."), retry=True),
    "too_fast": Kind(429, _("Too much at once. It will be sent a little later."), retry=True),
    # The code and the walk
    "code_missing": Kind(422, _("Type the code that stands on the poster.")),
    "code_unknown": Kind(404, _("That code does not match. Check the poster and try again.")),
    "receipt_unknown": Kind(
        404,
        _("Nothing is here with that code. If it is typed right, open the app on the phone: it sends again."),
    ),
    "walk_not_open": Kind(403, _("The walk has not opened yet."), retry=True),
    "walk_over": Kind(410, _("The walk has ended.")),
    "newcomers_paused": Kind(403, _("New participants are paused right now. Ask the organiser."), retry=True),
    "walk_archived": Kind(410, _("The walk is archived and takes nothing more.")),
    "walk_gone": Kind(410, _("The organiser no longer has this walk.")),
    "plan_closed": Kind(409, _("The walk is closed, so its plan stays as it was.")),
    "stop_in_use": Kind(409, _("Pins or answers belong to this stop, so it stays.")),
    "question_in_use": Kind(409, _("People may have answered the question, so it stays as it is.")),
    "not_found": Kind(404, _("There is nothing at this address.")),
    "method_not_allowed": Kind(405, _("This cannot be done at this address.")),
    "not_acceptable": Kind(406, _("We cannot answer in the requested form.")),
    "last_administrator": Kind(409, _("Somebody must administer the organisation. Choose another first.")),
    # Two versions
    "pin_conflict": Kind(409, _("There is another version of this pin. Both are kept.")),
    "rating_conflict": Kind(409, _("There is another version of this answer. Both are kept.")),
    "id_taken": Kind(409, _("This number is already in use.")),
    "stale": Kind(412, _("Somebody changed this a moment ago. Look at the new version.")),
    "if_match_required": Kind(428, _("Say which version you are changing.")),
    # Issues
    "status_not_allowed": Kind(409, _("This status cannot follow the present one.")),
    "reason_required": Kind(422, _("Say why, in words that everybody may read.")),
    "issue_is_root": Kind(409, _("The others were merged into this one. Split them off instead.")),
    # Us
    "server_error": Kind(
        500, _("Something went wrong on our side. What you saved is still on your phone."), True
    ),
    "busy": Kind(503, _("The service is busy. It will be sent a little later."), retry=True),
    "not_ready": Kind(503, _("The service cannot take anything in right now."), retry=True),
    "storage_full": Kind(507, _("Our storage is full. What you saved is still on your phone."), retry=True),
}

BY_STATUS = {
    400: "malformed_request",
    401: "not_logged_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    411: "length_required",
    413: "too_large",
    415: "unsupported_type",
    422: "invalid",
    429: "too_fast",
    503: "busy",
    507: "storage_full",
}


class Problem(Exception):
    """Something a client can be told. `extra` is added to the JSON as it is."""

    def __init__(self, code: str, *, errors: Any = None, headers: dict[str, str] | None = None, **extra: Any):
        super().__init__(code)
        self.code = code
        self.kind = CATALOGUE[code]
        self.errors = errors
        self.headers = headers or {}
        self.extra = extra

    def as_json(self) -> dict[str, Any]:
        """The RFC 9457 object, with our stable `code` and the `retry` flag."""
        body: dict[str, Any] = {
            "type": f"/problems#{self.code}",
            "title": str(self.kind.title),
            "status": self.kind.status,
            "code": self.code,
            "retry": self.kind.retry,
        }
        if self.errors:
            body["errors"] = self.errors
        return body | self.extra
