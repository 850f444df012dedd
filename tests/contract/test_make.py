"""The commands and what they install: described, pinned, hashed, and the same in CI."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.contract.tree import ROOT, text_of

LOCKS = (
    *("requirements.txt", "requirements-basemap.txt", "requirements-redact.txt", "requirements-dev.txt"),
    "tools/uv.txt",
)
PROJECT = tomllib.loads(text_of("pyproject.toml"))
COMMANDS = {
    "help", "run", "dev", "phone", "login", "test", "lint",
    "fix", "bench", "bundle", "vendor", "mutants", "chaos",
}  # fmt: skip


def pins(lock: str) -> dict[str, set[str]]:
    """Package → pinned versions; more than one where markers tell them apart."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text_of(lock), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def test_help_lists_every_command() -> None:
    printed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    listed = dict(re.findall(r"^ +make ([a-z-]+) +(\S.*)$", printed, re.MULTILINE))
    assert set(listed) >= COMMANDS
    assert all(len(words) > 10 for words in listed.values())


def test_ci_runs_what_a_developer_runs() -> None:
    assert re.search(r"^exec make test\b", text_of(".ci/run"), re.MULTILINE)


def test_make_test_runs_every_check() -> None:
    recipe = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "--always-make", "test"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for check in (
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "types",
        "lint",
        "run --silent test",
    ):
        assert check in recipe
    assert recipe.rstrip().splitlines()[-1].endswith("-m pytest --numprocesses auto --dist worksteal")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    entries = text_of(lock).replace("\\\n", " ").splitlines()
    entries = [line for line in entries if line.strip() and not line.lstrip().startswith("#")]
    assert entries
    assert not [line[:60] for line in entries if "==" not in line or "--hash=sha256:" not in line]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements.txt", PROJECT["project"]["optional-dependencies"]["postgres"]),
        ("requirements.txt", PROJECT["project"]["optional-dependencies"]["redis"]),
        ("requirements-basemap.txt", PROJECT["project"]["optional-dependencies"]["basemap"]),
        ("requirements-dev.txt", PROJECT["project"]["optional-dependencies"]["basemap"]),
        ("requirements-dev.txt", PROJECT["dependency-groups"]["dev"]),
        ("requirements-redact.txt", PROJECT["project"]["optional-dependencies"]["redact"]),
        ("requirements-dev.txt", PROJECT["project"]["optional-dependencies"]["redact"]),
    ],
)
def test_the_lock_holds_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    locked = pins(lock)
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate(dict(default_environment())):
            continue
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert any(requirement.specifier.contains(version, prereleases=True) for version in versions), text


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-basemap.txt", "requirements-redact.txt"])
def test_developers_run_the_versions_that_are_deployed(lock: str) -> None:
    deployed, developed = pins(lock), pins("requirements-dev.txt")
    assert {name: developed.get(name) for name in deployed} == deployed


def test_a_server_without_the_extra_carries_nothing_of_it() -> None:
    assert not {"osmium", "shapely", "numpy"} & pins("requirements.txt").keys()


def test_npm_packages_are_exact_and_name_no_address() -> None:
    package = json.loads(text_of("package.json"))
    wanted = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+(-[\w.]+)?", version) for version in wanted.values())
    lock = json.loads(text_of("package-lock.json"))
    for name, version in wanted.items():
        entry = lock["packages"][f"node_modules/{name}"]
        assert (entry["version"], "integrity" in entry, "resolved" in entry) == (version, True, False)
