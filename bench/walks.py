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
