"""`flask basemap`: what it prints, where packs land, and that a server at work picks them up."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.operations.packs import SHIPPED, packs
from tests.contract.tree import ROOT
from tests.osm_fixtures import a_town, write_pbf

pytestmark = pytest.mark.sqlite_is_enough


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_pbf(tmp_path / "town.osm.pbf", a_town())


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["basemap", *words])
    return result.exit_code, result.output


def own_folder(app: Flask) -> Path:
    folder: Path = app.config["SETTINGS"].data_dir / "packs"
    return folder


def test_a_pack_that_is_built_can_be_fetched_at_once(app: Flask, client: FlaskClient, source: Path) -> None:
    with app.app_context():
        assert "staden" not in packs()
    code, printed = run(app, "build", str(source), "--name", "staden", "--title", "Ågatan och sjön")
    assert code == 0, printed
    assert "4 doors, 3 street lamps" in printed
    assert "kB of map" in printed
    assert "Cutting tiles of zoom 15" in printed
    with app.app_context():
        pack = packs()["staden"]
    assert (pack.title, pack.minzoom, pack.maxzoom) == ("Ågatan och sjön", 10, 15)
    with client.get(f"/packs/{pack.sha256}.pmtiles") as answer:
        assert answer.data == pack.path.read_bytes()
    with client.get(f"/packs/{pack.index_sha256}.json") as answer:
        assert answer.json["n"] == 4
    assert "staden" in run(app, "list")[1]
    assert {path.name for path in own_folder(app).iterdir()} == {"staden.pmtiles", "staden-index.json"}


def test_a_pack_is_replaced_only_when_told_to(app: Flask, source: Path) -> None:
    assert run(app, "build", str(source), "--name", "staden")[0] == 0
    before = (own_folder(app) / "staden.pmtiles").read_bytes()
    code, printed = run(app, "build", str(source), "--name", "staden", "--title", "Ny")
    assert code == 1
    assert "“staden” is there already: choose another --name, or add --replace" in printed
    assert (own_folder(app) / "staden.pmtiles").read_bytes() == before
    assert run(app, "build", str(source), "--name", "staden", "--title", "Ny", "--replace")[0] == 0
    with app.app_context():
        assert packs()["staden"].title == "Ny"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("build", "{source}", "--name", "Å staden"), "is no name: use a–z"),
        (("build", "{source}", "--name", "../../x"), "is no name"),
        (("build", "{source}", "--name", "a" * 41), "is no name"),
        (("build", "{source}", "--name", "x", "--bbox", "18"), "write west,south,east,north"),
        (("build", "{source}", "--name", "x", "--bbox", "18,59,17,60"), "west must be below east"),
        (("build", "{source}", "--name", "x", "--bbox", "nan,59,18,60"), "is no box"),
        (("build", "{source}", "--name", "x", "--bbox", "10,50,20,60"), "the most here are 1000"),
        (("build", "finns-inte.osm.pbf", "--name", "x"), "cannot be read: No such file"),
        (("build", "{source}", "--name", "x", "--lamps", "finns-inte"), "cannot be read: No such file"),
        (("extract", "finns-inte", "--name", "x"), "a box is needed"),
        (("fetch", "--name", "x"), "a box is needed"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    app: Flask, source: Path, words: tuple[str, ...], told: str
) -> None:
    code, printed = run(app, *(word.format(source=source) for word in words))
    assert code == 1
    (line,) = [line for line in printed.splitlines() if line.startswith("Error:")]
    assert told in line
    assert "Traceback" not in printed
    assert not list(own_folder(app).glob("*"))


def _flask(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "flask", "--app", "app", "basemap", *words]
    settings = {**os.environ, "DATA_DIR": str(folder), **env}
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, source: Path) -> None:
    """A folder with modules that refuse, as if the packages were not there."""
    for name in ("osmium", "shapely", "numpy"):
        (tmp_path / "bare").mkdir(exist_ok=True)
        text = f"raise ModuleNotFoundError({name!r}, name={name!r})"
        (tmp_path / "bare" / f"{name}.py").write_text(text)
    done = _flask(tmp_path / "data", "build", str(source), "--name", "x", PYTHONPATH=str(tmp_path / "bare"))
    assert done.returncode == 1
    assert (
        "is not installed; building needs: sh tools/setup.sh python requirements-basemap.txt" in done.stderr
    )
    assert (ROOT / "requirements-basemap.txt").exists()
    park = ("--bbox", "24.941,60.172,24.949,60.1755")
    words = ("extract", str(SHIPPED / "helsinki.pmtiles"), "--name", "parken", *park)
    assert _flask(tmp_path / "data", *words, PYTHONPATH=str(tmp_path / "bare")).returncode == 0


def test_a_full_disk_leaves_the_old_pack_and_no_litter(tmp_path: Path, source: Path) -> None:
    """A limit on the size of files stands for the disk: the same error by another number."""
    folder = tmp_path / "data"
    assert _flask(folder, "build", str(source), "--name", "x").returncode == 0
    before = {path.name: path.read_bytes() for path in (folder / "packs").iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    words = ["build", str(source), "--name", "x", "--title", "T" * 4000, "--replace"]
    command = [sys.executable, "-B", "-m", "flask", "--app", "app", "basemap", *words]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1])),
    )
    assert done.returncode == 1, done.stderr
    assert f"{folder / 'packs'} cannot be written: File too large" in done.stderr
    assert {path.name: path.read_bytes() for path in (folder / "packs").iterdir()} == before


@pytest.mark.parametrize("spoilt", ["half.pmtiles", "empty.pmtiles", "alone.pmtiles"])
def test_a_file_that_is_no_pack_spoils_nothing(app: Flask, client: FlaskClient, spoilt: str) -> None:
    """A copy at its half, an empty file, and one without its index."""
    folder = own_folder(app)
    folder.mkdir(parents=True)
    whole = (SHIPPED / "helsinki-mini.pmtiles").read_bytes()
    (folder / spoilt).write_bytes({"half": whole[:90], "empty": b"", "alone": whole}[Path(spoilt).stem])
    if spoilt != "alone.pmtiles":
        index = (SHIPPED / "helsinki-mini-index.json").read_bytes()
        (folder / spoilt.replace(".pmtiles", "-index.json")).write_bytes(index)
    with app.app_context():
        assert set(packs()) == {path.stem for path in SHIPPED.glob("*.pmtiles")}
    assert client.get("/packs/" + "0" * 64 + ".pmtiles").status_code == 404
