"""Tables, one file per thing. No rules beyond constraints and relationships."""

from app.models.area import Area, Series
from app.models.audit import Audit
from app.models.change import Change
from app.models.facilitator import Facilitator, Invitation, Membership, Role
from app.models.imports import Import
from app.models.issue import Issue
from app.models.login_session import LoginSession
from app.models.organisation import Organisation
from app.models.owner import Owner
from app.models.participant import Participant
from app.models.photo import Leftover, Photo, PhotoEncoding, PinPhoto
from app.models.pin import Pin, PinRevision
from app.models.rate import RateWindow
from app.models.rating import Rating
from app.models.refill import Refill
from app.models.second_factor import Authenticator, Passkey, RecoveryCode, SignOn, Spent
from app.models.stop import Question, Route, Stop
from app.models.walk import Walk

__all__ = [
    "Area",
    "Audit",
    "Authenticator",
    "Change",
    "Facilitator",
    "Import",
    "Invitation",
    "Issue",
    "Leftover",
    "LoginSession",
    "Membership",
    "Organisation",
    "Owner",
    "Participant",
    "Passkey",
    "Photo",
    "PhotoEncoding",
    "Pin",
    "PinPhoto",
    "PinRevision",
    "Question",
    "RateWindow",
    "Rating",
    "RecoveryCode",
    "Refill",
    "Role",
    "Route",
    "Series",
    "SignOn",
    "Spent",
    "Stop",
    "Walk",
]
