"""Commands that keep what was sent: `flask backup`, `flask doctor`.

Owns their words on the command line. What they do lives in operations.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from app.adapters.backup_place import BackupPlace, NotWritable
from app.adapters.photo_store import NotFound, StoreFull, StoreUnavailable
from app.config import ConfigError
from app.migrating import migrate, need_tables, revisions
from app.operations import backup as operations
from app.operations import doctor as examination
from app.operations import refills
from app.operations.restore import OtherKey, Schema
from app.operations.restore import restore as put_back
from app.rules.backups import BadArchive, taken_at

MB = 1024 * 1024
PROGRESS_EVERY = 500

backup = AppGroup("backup", help="Archives of database and photos: make, list, check, put back.")
to = click.option("--to", "setting", help="A folder or s3://bucket/prefix instead of BACKUP_TO.")


@contextmanager
def _plainly() -> Iterator[None]:
    """What can go wrong, as one line. Raises ConfigError."""
    try:
        yield
    except BadArchive as error:
        raise ConfigError(f"this backup cannot be used: {error}") from None
    except OtherKey:
        raise ConfigError(
            "this backup was made with another SECRET_KEY: start with that key, or say --any-key"
            " (then posters need new codes, and everybody a new login link)"
        ) from None
    except operations.Unsettled:
        raise ConfigError("photos came in faster than they could be copied: try again") from None
    except StoreFull:
        raise ConfigError("there is no room for it; nothing was changed") from None
    except NotWritable as error:
        raise ConfigError(f"the backup folder {error}") from None
    except StoreUnavailable as error:
        raise ConfigError(f"the storage does not answer: {error.__cause__}") from None


def _place(setting: str | None) -> BackupPlace:
    try:
        return operations.backup_place(setting)
    except ValueError as error:
        raise ConfigError(f"--to must be {error}") from None


@backup.command("create")
@to
@click.option("--keep", type=click.IntRange(1), help="Delete all but the newest KEEP archives afterwards.")
@with_appcontext
def create(setting: str | None, keep: int | None) -> None:
    """Make a backup while the service runs, and read it back."""
    need_tables()
    with _plainly():
        place = _place(setting)
        made = operations.create(place, revisions().head, lambda words: click.echo(f"  {words}"))
        counted = f"{made.walks} walks, {made.pins} pins, {made.photos} photo files"
        click.echo(f"{made.name}: {counted}, {made.size / MB:.1f} MB, read back whole")
        for key in made.lacking:
            click.echo(f"  lacking: {key} is missing or damaged in the photo store (flask doctor)")
        for name in operations.prune(place, keep) if keep else ():
            click.echo(f"  deleted {name}")
        awaited, given_up = examination.awaited()
    if made.lacking:
        click.echo(f"{len(made.lacking)} photo files are lacking in it: flask doctor --ask-phones")
    if awaited:
        click.echo(f"{_not_come(awaited)}: this backup lacks them too.")
    if given_up:
        click.echo(_lost(given_up))


@backup.command("list")
@to
@with_appcontext
def list_(setting: str | None) -> None:
    """The backups there are, oldest first."""
    with _plainly():
        place = _place(setting)
        names = place.names()
        for name in names:
            click.echo(f"{taken_at(name):%Y-%m-%d %H:%M} UTC  {place.size(name) / MB:9.1f} MB  {name}")
    if not names:
        click.echo("There is no backup yet: flask backup create")


@backup.command("verify")
@to
@click.argument("name", required=False)
@with_appcontext
def verify(setting: str | None, name: str | None) -> None:
    """Read a backup whole and compare every byte's hash; the newest unless NAME says which."""
    with _plainly():
        with _archive(_place(setting), name) as (chosen, file):
            contents = operations.verified(file)
        tables = contents.manifest["tables"]
        click.echo(f"{chosen}: whole, {tables['walk']['rows']} walks, {tables['pin']['rows']} pins")


@backup.command("restore")
@to
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--any-key", is_flag=True, help="Even if it was made with another SECRET_KEY.")
@with_appcontext
def restore(setting: str | None, name: str | None, yes: bool, any_key: bool) -> None:
    """Replace everything by a backup: the newest, or NAME (also a path). Phones refill what is newer."""
    migrate()
    with _plainly(), _archive(_place(setting), name) as (chosen, file):
        if not yes:
            click.confirm(f"Replace the whole database by {chosen}?", abort=True)
        done = put_back(file, _schema(), datetime.now(UTC), any_key=any_key)
    click.echo(f"Back as of {done.made_at}: {done.walks} walks, {done.pins} pins, {done.photos} photo files.")
    click.echo("Everybody logs in again. Phones send what is newer by themselves when they are next online.")
    click.echo("What was hidden, blacked out or taken back since then is as it was: look through it first.")
    for key in done.lacking:
        click.echo(f"  lacking in the backup too: {key}")
    if done.lost:
        click.echo(
            f"Photos neither in it nor here: {done.lost}. Phones that still hold them send them again."
        )


@contextmanager
def _archive(place: BackupPlace, name: str | None) -> Iterator[tuple[str, BinaryIO]]:
    """The archive of that name or path, or the newest. Raises ConfigError."""
    chosen = name or operations.newest(place)
    if chosen is None:
        raise ConfigError("there is no backup there: flask backup create")
    if os.sep in chosen:
        if not Path(chosen).is_file():
            raise ConfigError(f"there is no file {chosen}")
        with Path(chosen).open("rb") as file:
            yield chosen, file
        return
    try:
        opened = place.open(chosen)
        with opened as file:
            yield chosen, file
    except NotFound:
        raise ConfigError(f"there is no backup {chosen}: flask backup list") from None


def _schema() -> Schema:
    known = revisions()
    return Schema(known.head, known.all, _bring)


def _bring(url: str, revision: str) -> None:
    """Take another database through the migrations, with an application of its own."""
    from app import create_app

    settings = replace(current_app.config["SETTINGS"], database_url=url)
    with create_app(settings).app_context():
        upgrade(revision=revision)


@click.command("doctor")
@click.option("--ask-phones", is_flag=True, help="Ask phones to send missing and damaged photos again.")
@click.option("--remove-orphans", is_flag=True, help="Delete files that nothing refers to.")
@with_appcontext
def doctor(ask_phones: bool, remove_orphans: bool) -> None:
    """Compare every photo with its hash; find what is missing and what is too much."""
    need_tables()
    findings: list[examination.Finding] = []
    looked_at = 0
    with _plainly():
        for finding in examination.examine():
            looked_at += 1
            if looked_at % PROGRESS_EVERY == 0:
                click.echo(f"  {looked_at} files …")
            if finding:
                findings.append(finding)
                click.echo(f"{finding.what:8} {finding.key}")
        awaited, given_up = examination.awaited()
        asked = examination.ask_phones(findings) if ask_phones else 0
        removed = examination.remove_orphans(findings) if remove_orphans else 0
    if asked:
        click.echo(f"{_photos(asked)} asked for: phones that still hold them send them when online.")
    if removed:
        click.echo(f"Orphans deleted: {removed}.")
    for one in refills.of_all():
        came = f"{one.pins} pins and {one.photos} photos have come back from phones"
        click.echo(f"walk {one.walk_id}: {came} since {one.since:%Y-%m-%d %H:%M} UTC.")
    if given_up:
        click.echo(_lost(given_up))
    wrong = _wrong(looked_at, len(findings) - removed, awaited)
    if wrong:
        raise ConfigError(", and ".join(wrong))
    click.echo(f"{looked_at} files, all well.")


def _wrong(looked_at: int, left: int, awaited: int) -> list[str]:
    """What is not well: of the files that were looked at, and of photos that have no file."""
    wrong = [f"{left} of {looked_at} files are not as they should be"] if left else []
    return wrong + ([_not_come(awaited)] if awaited else [])


def _not_come(awaited: int) -> str:
    return f"{_photos(awaited)} asked for and not here yet"


def _lost(given_up: int) -> str:
    return f"{_photos(given_up)} lost: asked for more than 30 days ago, and no phone has sent them."


def _photos(n: int) -> str:
    return "1 photo is" if n == 1 else f"{n} photos are"
