"""Commands: `flask basemap build`, `fetch`, `extract` and `list`.

Owns the words of these commands and their progress. What they do lives in operations.pack_builds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.operations import pack_builds
from app.operations.pack_builds import LANGUAGES, Made, Order
from app.operations.packs import packs
from app.rules.packs import PackError, area_km2, box_of, box_text, cover

OVERPASS = "https://overpass-api.de/api/interpreter"

basemap = AppGroup("basemap", help="Map packs: make one for an area, or list those on this server.")


def _ordering(command: Callable[..., Made]) -> Callable[..., None]:
    """The options that every way of making a pack has; says what became of it, or in one line why not."""

    @click.option("--name", required=True, help="What the pack is called on this server: a–z, 0–9, hyphens.")
    @click.option("--title", default="", help="What people see; the name unless said.")
    @click.option("--bbox", help="west,south,east,north in degrees.")
    @click.option("--replace", is_flag=True, help="Put it in place of the pack of that name.")
    @with_appcontext
    @wraps(command)
    def run(name: str, title: str, bbox: str | None, replace: bool, **more: Any) -> None:
        registers = {key: more.pop(key) for key in ("lamps",) if key in more}
        languages = tuple(more.pop("languages", ",".join(LANGUAGES)).split(","))
        try:
            box = box_of(bbox) if bbox else None
            order = Order(name, box, title, languages=languages, is_replacing=replace, **registers)
            made = command(order=order, folder=_folder(), told=_Progress(), **more)
        except PackError as error:
            click.echo(err=True)
            raise click.ClickException(str(error)) from None
        _tell(made, name)

    return run


def _from_data(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options for packs that are made from OpenStreetMap's data."""
    command = click.option(
        "--lamps", type=click.Path(path_type=Path), help="A register of street lamps, GeoJSON in WGS 84."
    )(command)
    return click.option(
        "--languages",
        default=",".join(LANGUAGES),
        show_default=True,
        help="Names to keep; the first is searched.",
    )(command)


@basemap.command("build")
@click.argument("source", type=click.Path(path_type=Path))
@_from_data
@_ordering
def build(source: Path, **more: Any) -> Made:
    """Make a pack from SOURCE: .osm.pbf, OSM XML, or an Overpass reply in JSON."""
    return pack_builds.build(source, **more)


@basemap.command("fetch")
@click.option("--server", default=OVERPASS, show_default=True, help="The Overpass server to ask, once.")
@_from_data
@_ordering
def fetch(server: str, **more: Any) -> Made:
    """Ask OpenStreetMap for the area in --bbox and make a pack of it."""
    return pack_builds.fetch(server, **more)


@basemap.command("extract")
@click.argument("source")
@_ordering
def extract(source: str, **more: Any) -> Made:
    """Cut the area in --bbox out of SOURCE, a PMTiles archive on disk or at a web address."""
    return pack_builds.extract(source, **more)


@basemap.command("list")
@with_appcontext
def list_packs() -> None:
    """The map packs that walks can have, with size and box."""
    for one in packs().values():
        size = _size(one.bytes + one.index_bytes)
        click.echo(f"{one.name:<24} {size:>8}  {area_km2(one.box):6.1f} km²  {box_text(one.box)}  {one.path}")


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir / "packs"
    return folder


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _tell(made: Made, name: str) -> None:
    click.echo(
        f"{made.path}\n{_size(made.bytes)} of map and {_size(made.index_bytes)} of addresses"
        f" for {area_km2(made.box):.1f} km²:"
        f" {made.tiles} tiles, {made.doors} doors, {made.lamps} street lamps."
    )
    if made.holds and cover(made.holds, made.box) != "whole":
        click.echo(
            f"Note: the data covers {box_text(made.holds)} only; the rest of the map is empty.", err=True
        )
    if not made.doors:
        click.echo("Note: there are no addresses in it; search finds streets and places alone.", err=True)
    click.echo(f"A server that runs offers “{name}” from now on: choose it on the walk's page “Offline map”.")


class _Progress:
    """One line that is written over on a terminal, a line for each step elsewhere."""

    def __init__(self) -> None:
        self._step = ""

    def __call__(self, step: str, share: float) -> None:
        name = step.partition(":")[0]
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{share:4.0%} {step}", nl=share >= 1, err=True)
        elif name != self._step:
            click.echo(f"{share:4.0%} {step}", err=True)
        self._step = name
