"""Walks to measure on: one open walk, a facilitator logged in, and pins in bulk."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

from bench.machine import ROOT, Server

MAKE = """
from datetime import UTC, datetime, timedelta
from app import create_app
from app.db import db, transaction
from app.operations import facilitators, walks
from app.rules.access import Actor
from app.models import Membership
app = create_app()
now = datetime.now(UTC)
with app.app_context():
    with transaction():
        facilitators.invite("bench@example.org", "Bench", "Bench", now)
    with transaction():
        member = db.session.query(Membership).one()
        actor = Actor("facilitator", member.facilitator_id, memberships={member.organisation_id: member.role})
        data = {
            "title": "Bench", "purpose": "", "language": "sv", "light": "dark", "starts_at": now,
            "ends_at": now + timedelta(hours=9), "area_name": "Bench", "timezone": "Europe/Stockholm",
            "box": (24.93, 60.16, 24.96, 60.18), "pack": "helsinki",
        }
        walk = walks.create(actor, member.organisation_id, data, now)
        walk.state = "open"
        print(walks.code_of(walk), walk.id)
    with transaction():
        print(facilitators.login_link("bench@example.org", now))
"""

FILL = """
import sys
from datetime import UTC, datetime
from uuid import UUID
import sqlalchemy as sa
from app import create_app
from app.adapters.ids import new_id
from app.db import table, transaction
from app.models import Change, Issue, Pin, Walk
walk_id, upto, one_spot = UUID(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "spot"
WORDS = "mörkt lampan trasig buske skymmer gången räcket skräp under bron klotter port bra ljus här".split()
CODES = ("lighting", "litter", "damage", "vegetation", "traffic", "unsafe_feeling", "good_place")
app = create_app()
now = datetime.now(UTC)
with app.app_context(), transaction() as session:
    walk = session.get(Walk, walk_id)
    pins, issues, changes = [], [], []
    for number in range(walk.pin_count + 1, upto + 1):
        pin, issue = new_id(), new_id()
        tenant = {"organisation_id": walk.organisation_id, "walk_id": walk_id}
        issues.append(tenant | {"id": issue, "status": "new", "title": {}, "decision": {}, "created_at": now})
        away = 0 if one_spot else number
        pins.append(tenant | {
            "id": pin, "issue_id": issue, "number": number, "seq": number, "rev": 1, "sha256": "0" * 64,
            "kind": ("problem", "positive", "idea")[number % 3],
            "category": CODES[number % len(CODES)],
            "lat": 60.165 + (away * 7919 % 10000) * 1.4e-6,
            "lon": 24.936 + (away * 104729 % 10007) * 1.7e-6,
            "source": "sensor", "text": " ".join(WORDS[number * k % len(WORDS)] for k in (1, 3, 7, 11)),
            "text_public": {}, "acute": False, "when": [], "affected": [],
            "proposal": "", "staff_only": False, "visibility": "walk", "review": "new", "text_review": "new",
            "shown_to_walk": True, "is_late": False, "is_outside": False, "is_unknown_category": False,
            "has_conflict": False, "made_at": now, "received_at": now,
        })
        changes.append(tenant | {
            "thing": "pin", "thing_id": pin, "seq": number, "verb": "receive", "actor": "bench", "at": now})
    for model, rows in ((Issue, issues), (Pin, pins), (Change, changes)):
        for start in range(0, len(rows), 5000):
            session.execute(sa.insert(table(model)), rows[start:start + 5000])
    walk.pin_count = walk.feed_seq = upto
"""


@dataclass
class Bench:
    code: str
    walk_id: str
    desk_cookie: str


def make_walk(server: Server) -> Bench:
    """An open walk on a running server, and the cookie of a facilitator."""
    command = [sys.executable, "-c", MAKE]
    made = subprocess.run(command, cwd=ROOT, env=server.env, check=True, stdout=subprocess.PIPE, text=True)
    first, link = made.stdout.strip().splitlines()
    code, walk_id = first.split()
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    path = "/desk/link/" + link.rsplit("/", 1)[1]
    try:
        opener.open(Request(f"http://localhost:{server.port}{path}", method="POST", data=b"go=1")).close()
    except HTTPError as error:
        if not jar:
            raise SystemExit(f"login: {error}") from error
    return Bench(code, walk_id, "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar))


def fill(server: Server, bench: Bench, pins: int, spot: bool = False) -> None:
    """So many pins in all in the walk: over some ten city blocks, or every one on the same spot."""
    command = [sys.executable, "-c", FILL, bench.walk_id, str(pins), "spot" if spot else "spread"]
    subprocess.run(command, cwd=ROOT, env=server.env, check=True)
