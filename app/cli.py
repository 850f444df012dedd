"""Commands: `flask serve`, `worker`, `facilitator`, `demo`, `contract`; `basemap` and what keeps data beside.

Owns the words of the command line. What they do lives in operations and adapters.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import segno
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app.build import APP
from app.cli_basemap import basemap
from app.cli_keeping import backup, doctor
from app.db import db, transaction
from app.migrating import migrate, need_tables
from app.problems import Problem
from app.rules.access import ROLES

CONTRACT = APP / "static" / "js" / "shared" / "contract.js"
BOX_WIDTH = 64

facilitator = AppGroup("facilitator", help="People who prepare, lead and review walks.")
demo = AppGroup("demo", help="The fictional walks and the practice walk.")


def register_cli(app: Flask) -> None:
    for command in (serve, dev, phone, worker, contract, facilitator, demo, basemap, backup, doctor):
        app.cli.add_command(command)


@click.command("serve")
@click.option("--demo", "with_demo", is_flag=True, help="Seed the demo walks once, and print how to get in.")
@with_appcontext
def serve(with_demo: bool) -> None:
    """Bring the database up to date, then run web server and photo worker."""
    from app.serve import in_child, require_address
    from app.serve import serve as run
    from app.web.assets import compressed_static

    settings = current_app.config["SETTINGS"]
    require_address(settings)
    migrate()
    compressed_static(settings.data_dir / "static", current_app.config["BUILD"])
    app = _unconnected_app()
    if with_demo:
        in_child(_show_demo)
    run(app)


@click.command("dev")
@with_appcontext
def dev() -> None:
    """Serve the demo for work on the code: reloads on change, caches nothing."""
    from app.serve import develop, in_child

    first = os.environ.get("WERKZEUG_RUN_MAIN") != "true"
    if first:
        migrate()
    app = _unconnected_app()
    if first:
        in_child(_show_demo)
    develop(app)


@click.command("phone")
@with_appcontext
def phone() -> None:
    """Serve the demo over HTTPS in the local network, for a real phone."""
    from app.adapters.certificates import certificate_for, own_address

    settings = current_app.config["SETTINGS"]
    address = own_address()
    certificate = certificate_for(address, settings.data_dir / "phone")
    url = f"https://{address}:{settings.port}"
    segno.make(f"{url}/telefon").terminal(compact=True)
    click.echo(f"Scan, or open {url}/telefon on a phone in the same network.\n")
    own = {"HOST": "0.0.0.0", "PUBLIC_URL": url}  # noqa: S104  # the local network is the purpose
    own |= {"TLS_CERT": str(certificate.chain), "TLS_KEY": str(certificate.key)}
    command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--demo"]
    os.execve(sys.executable, command, os.environ | own)  # noqa: S606


def _show_demo() -> None:
    """Seed the demo at the first start, and print how to get in."""
    from app.operations.demo import is_seeded, practice_code, seed_demo
    from app.worker import process_waiting

    if not is_seeded():
        click.echo("First start: making the demo walks and their pictures …")
    if seed_demo(datetime.now(UTC)):
        process_waiting()
    click.echo(_box(practice_code(), _login_link()))


def _unconnected_app() -> Flask:
    """The application without open connections, which a forked process must not inherit."""
    db.session.remove()
    db.engine.dispose()
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


def _login_link() -> str:
    from app.operations.facilitators import DEMO_EMAIL, login_link

    with transaction():
        return login_link(DEMO_EMAIL, datetime.now(UTC))


def _box(code: str, link: str) -> str:

    settings = current_app.config["SETTINGS"]
    lines = [
        "Trygga steg is running",
        "",
        f"Address        {settings.public_url}",
        f"Practice walk  {code}",
        f"               {settings.public_url}/v/{code}",
        "Desk, one-time login link (15 minutes, works once):",
        f"  {link}",
        "Another link: make login",
    ]
    width = max(BOX_WIDTH, *(len(line) + 4 for line in lines))
    edge = "+" + "-" * (width - 2) + "+"
    return "\n".join([edge, *(f"| {line:<{width - 4}} |" for line in lines), edge])


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run the photo worker alone (a platform's `worker` process)."""
    from app.worker import run_worker

    need_tables()
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("contract")
@click.option("--check", is_flag=True, help="Fail when the file is stale; write nothing.")
@with_appcontext
def contract(check: bool) -> None:
    """Write the phone's types and limits from the schemas."""
    from app.schemas.contract import contract_module

    text = contract_module()
    if check and (not CONTRACT.exists() or CONTRACT.read_text(encoding="utf-8") != text):
        raise click.ClickException(f"{CONTRACT.relative_to(Path.cwd())} is stale: run flask contract")
    if not check:
        CONTRACT.write_text(text, encoding="utf-8")


@facilitator.command("invite")
@click.argument("email")
@click.option("--name", default="", help="How colleagues see the person.")
@click.option("--organisation", default="", help="An organisation's name; made if there is none.")
@click.option("--role", type=click.Choice(ROLES), help="What the person may do; facilitator unless said.")
@with_appcontext
def invite(email: str, name: str, organisation: str, role: str | None) -> None:
    """Invite EMAIL: prints a link that works once, for choosing a password."""
    from app.operations.facilitators import invite as make

    need_tables()
    with transaction():
        click.echo(make(email, name, organisation, datetime.now(UTC), role))


@facilitator.command("link")
@click.argument("email")
@with_appcontext
def link(email: str) -> None:
    """A login link for EMAIL that works once, within 15 minutes."""
    from app.operations.facilitators import login_link

    need_tables()
    with transaction():
        click.echo(login_link(email, datetime.now(UTC)))


@facilitator.command("reset-second-factor")
@click.argument("email")
@with_appcontext
def reset_second_factor(email: str) -> None:
    """Take away EMAIL's authenticator app, recovery codes, passkeys and ties to single sign-on."""
    from app.operations.second_factor import reset_by_command

    need_tables()
    try:
        with transaction():
            reset_by_command(email, datetime.now(UTC))
    except Problem:
        raise click.ClickException(f"there is no person {email}") from None
    click.echo("done: the passphrase stays; `flask facilitator link` makes a login link")


@facilitator.command("reseal")
@with_appcontext
def reseal() -> None:
    """Seal second factors with the present SECRET_KEY, after it was changed."""
    from app.operations.second_factor import reseal_all

    need_tables()
    with transaction():
        done, lost = reseal_all()
    click.echo(f"sealed anew: {done}, not openable by any key: {lost}")


@demo.command("seed")
@with_appcontext
def seed() -> None:
    """Add the demo walks if they are not there."""
    from app.operations.demo import seed_demo
    from app.worker import process_waiting

    need_tables()
    if seed_demo(datetime.now(UTC)):
        process_waiting()


@demo.command("reset")
@with_appcontext
def reset() -> None:
    """Put the demo walks back to how they were at first."""
    from app.operations.demo import reset_demo
    from app.worker import process_waiting

    need_tables()
    reset_demo(datetime.now(UTC))
    process_waiting()
