"""What codes of people and rights are called: roles, ways in, faults of a passphrase, acts in the log.

Owns the sentences alone; an act that is not named here is shown by its code.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

ROLE_NAMES: dict[str, Any] = {
    "administrator": _("Administrator"),
    "facilitator": _("Facilitator"),
    "leader": _("Group leader"),
    "owner": _("Owner"),
    "observer": _("Observer"),
}
ROLE_HINTS: dict[str, Any] = {
    "administrator": _("As a facilitator, and sees to people, settings and the log."),
    "facilitator": _("Prepares, leads and reviews walks."),
    "leader": _("Leads by phone: stops, counts and the code; may pause newcomers and end the walk."),
    "owner": _("For those who will answer for places. Sees nothing yet."),
    "observer": _("Sees what facilitators see, and changes nothing."),
}
FAULTS: dict[str, Any] = {
    "short": _("The passphrase needs at least 12 characters."),
    "long": _("The passphrase is longer than 1,000 characters."),
    "own_words": _(
        "Your name, your address or the organisation is not enough. Add words that only you know."
    ),
    "easy": _(
        "It is known from leaks or easy to guess. Take four or five words that do not belong together."
    ),
    "wrong": _("That is not your present passphrase."),
    "neither": _("That is neither your passphrase nor a code that works now."),
    "second_factor_of": _("Choose of whom a second factor is asked."),
    "member": _("This person belongs to the organisation already."),
    "email": _("Write an e-mail address, such as name@example.org."),
    "name": _("Write a name."),
    "role": _("Choose a role."),
    "colour": _("Write a colour such as #00526a."),
    "contrast": _(
        "White text cannot be read on it: the contrast must be at least 4.5 to 1. Choose a darker colour."
    ),
    "retention_months": _("Write a number of months from 3 to 24."),
    "original_days": _("Write a number of days from 1 to 365."),
    "owner_name": _("Write a name of at most 120 characters."),
    "owner_kind": _("Choose a kind."),
    "owner_contact": _("The contact is too long: at most 200 characters."),
    "owner_taken": _("There is an owner of that name and kind already."),
    "owners_full": _("There are as many owners as there can be: 500."),
    "ground_unreadable": _("The ground cannot be read. Write one corner a line, or GeoJSON with a polygon."),
    "ground_few": _("A ground needs at least three corners that are not in one line."),
    "ground_outside": _("A corner is outside the Earth: latitude −90 to 90, longitude −180 to 180."),
    "ground_many": _("That is too much at once: at most 2,000 corners a ground, and 200 grounds."),
    "ground_nameless": _("Every polygon needs a name in its properties, such as “name”."),
}
OWNER_KIND_NAMES: dict[str, Any] = {
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
METHOD_NAMES: dict[str, Any] = {
    "passphrase": _("passphrase"),
    "link": _("one-time link"),
    "passkey": _("passkey"),
    "sign_on": _("the organisation’s log-in"),
}
SECOND_NAMES: dict[str, Any] = {
    "totp": _("authenticator app"),
    "recovery": _("recovery code"),
    "passkey": _("passkey"),
    "provider": _("confirmed there"),
}
SECOND_FACTOR_OF: dict[str, Any] = {
    "nobody": _("Nobody: everyone chooses"),
    "administrators": _("Administrators"),
    "everyone": _("Everyone who logs in"),
}
ASIDE_REASONS: dict[str, Any] = {
    "over_quota": _("The phone has sent unusually much."),
    "unreadable": _("The file is damaged, or of a kind that cannot be opened."),
    "too_heavy": _("The picture is too large to be opened safely."),
    "stuck": _("The picture could not be opened, though it was tried several times."),
    "missing": _("The file has been lost from the store. The phone may still have it."),
}
ACT_NAMES: dict[str, Any] = {
    "log_in": _("Logged in"),
    "log_out": _("Logged out"),
    "log_out_others": _("Ended the other log-ins"),
    "passphrase": _("Changed the passphrase"),
    "totp_on": _("Switched on an authenticator app"),
    "totp_off": _("Switched off the authenticator app"),
    "recovery_codes": _("Made new recovery codes"),
    "passkey_add": _("Added a passkey"),
    "passkey_remove": _("Removed a passkey"),
    "passkey_back": _("Took a removed passkey back"),
    "second_factor_wrong": _("Wrong code in the second step of a log-in"),
    "sign_on_tie": _("Tied to the organisation’s log-in"),
    "sign_in_reset": _("Reset a person’s second factor"),
    "invite": _("Invited a person"),
    "withdraw_invitation": _("Withdrew an invitation"),
    "join": _("Took up an invitation"),
    "role": _("Changed a role"),
    "access_end": _("Ended a person’s access"),
    "access_back": _("Gave a person access again"),
    "settings": _("Changed the organisation’s settings"),
    "walk_new": _("Made a walk"),
    "invite_again": _("Let an invitation count again"),
    "walk_code": _("Made a new code"),
    "walk_code_back": _("Put the earlier code back"),
    "pin_enter": _("Typed in a paper card"),
    "pin_withdraw": _("Took a paper card back"),
    "pin_back": _("Brought a paper card back"),
    "walk_newcomers": _("Paused or let in newcomers"),
    "walk_draft": _("Made the walk a draft"),
    "walk_open": _("Opened the walk"),
    "walk_closing": _("Ended the walk"),
    "walk_closed": _("Closed the walk"),
    "walk_archived": _("Archived the walk"),
    "walk_plan": _("Changed the walk’s plan"),
    "walk_about": _("Changed what the walk is about"),
    "walk_pack": _("Chose the offline map"),
    "review_pin": _("Reviewed a pin"),
    "review_text": _("Reviewed a pin’s words"),
    "review_photo": _("Reviewed a photo"),
    "public_text": _("Wrote a pin’s public text"),
    "settle_conflict": _("Settled two versions of a pin"),
    "redact": _("Changed a photo’s black-outs"),
    "open_original": _("Opened a photo’s original"),
    "purge_original": _("Let go of a photo’s original"),
    "purge_walk": _("Let go of what was sent to a walk, by the rule"),
    "hide_participant": _("Hid or showed a participant"),
    "let_in_participant": _("Let a participant in, or had it wait"),
    "release_participant": _("Approved what was set aside, or set it aside again"),
    "photo_again": _("Had a photo opened once more"),
    "import_bring": _("Brought a file with pins"),
    "import_done": _("Took pins in from a file"),
    "import_undone": _("Took a whole import back"),
    "rescue_done": _("Took in a phone’s file"),
    "import_redone": _("Brought a whole import back"),
    "walk_waiting_room": _("Changed the waiting room"),
    "owner_add": _("Added an owner"),
    "owner_edit": _("Changed an owner"),
    "owner_aside": _("Set an owner aside"),
    "owner_back": _("Offered an owner again"),
    "owner_ground": _("Took an owner’s ground from a file"),
    "owner_ground_back": _("Put an owner’s earlier ground back"),
    "issue_edit": _("Changed an issue"),
    "issues_edit": _("Changed issues"),
    "issues_merge": _("Merged issues"),
    "issues_split": _("Split an issue"),
}
