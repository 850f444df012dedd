"""A few seeds in every run of the tests, and each seed that ever found something, so that it stays found."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.chaos.history import History
from tests.chaos.nemesis import PHONE_FAULTS, SERVER_FAULTS, plan
from tests.chaos.phone import Phone
from tests.chaos.trial import run, walks_of
from tests.chaos.world import Ground
from tests.processes import free_port

FIXED = [("sqlite", seed) for seed in ("3", "6", "12")]
FIXED += [("postgres", seed) for seed in ("1", "10", "11")]
FOUND = {
    ("sqlite", "4"): "an edit of what a restored server had forgotten stood beside the pin instead of in it",
    ("sqlite", "5"): "a restored server answered the question what it lacks with 500",
    ("sqlite", "15"): "a restore forgot a sender between the look at the token and the write: 500",
    ("sqlite", "183"): "a worker deleted an upload that a restore had just seen there: set aside for good",
    ("sqlite", "246"): "a restored server asked for an older revision than it had: a conflict that was none",
    ("sqlite", "125"): "put back a second time, a backup that lacks a photo asked no phone for it",
    ("postgres", "161"): "the same, with a bucket and two restores in a row",
    ("postgres", "9"): "a restore among phones was undone by a deadlock, and tore a page of the desk's feed",
}
"""Seeds that found a defect, with what it was."""
IN_TWO_WALKS = "40"
"""A seed with phones in two walks and a backup that lacks a photo, which is then put back."""


@pytest.mark.parametrize(("database", "seed"), [*FIXED, *FOUND])
def test_every_promise_is_kept(
    database: str, seed: str, grounds: Callable[[str], Ground], tmp_path: Path
) -> None:
    trial = run(grounds(database), seed)
    story = tmp_path / "story.jsonl"
    if trial.findings:
        trial.history.write(story)
    again = f"again: make chaos SEED={seed} DB={database}; the story: {story}"
    assert not trial.findings, "\n".join([*map(str, trial.findings), again])
    assert trial.stored["pins"] > 0, "nothing was put to the test"


def test_a_walk_not_in_front_is_healed_and_a_photo_that_a_backup_lacked_comes_back(
    grounds: Callable[[str], Ground], tmp_path: Path
) -> None:
    trial = run(grounds("sqlite"), IN_TWO_WALKS)
    story = tmp_path / "story.jsonl"
    trial.history.write(story)
    again = f"again: make chaos SEED={IN_TWO_WALKS} BROWSERS=0; the story: {story}"
    assert not trial.findings, "\n".join([*map(str, trial.findings), again])
    healed = {(event["who"], event["facts"]["walk"]) for event in trial.history.of("heals")}
    assert {"phone 2", "phone 3"} <= {
        who for who, count in Counter(who for who, _walk in healed).items() if count == 2
    }, again
    lost = {event["facts"]["id"] for event in trial.history.of("loses")}
    restored = next(event["at"] for event in trial.history.of("restored"))
    brought = {event["facts"]["id"] for event in trial.history.of("sent") if event["at"] > restored}
    assert lost & brought, again


def test_the_shipped_app_keeps_every_promise_too(grounds: Callable[[str], Ground], tmp_path: Path) -> None:
    trial = run(grounds("sqlite"), "8", browsers=1)
    story = tmp_path / "story.jsonl"
    trial.history.write(story)
    again = f"again: make chaos SEED=8 BROWSERS=1; the story: {story}"
    assert not trial.findings, "\n".join([*map(str, trial.findings), again])
    assert [event for event in trial.history.of("sent") if event["who"] == "browser 1"]


def test_a_resident_who_could_join_only_after_the_storm_does_it_all_then(
    grounds: Callable[[str], Ground],
) -> None:
    phone = Phone("late", [grounds("sqlite").a], free_port(), "1", History())

    async def storm() -> None:
        phone.start(acts=12)
        await phone.stop()

    with ThreadPoolExecutor(1) as own:  # where browser tests ran before, this thread has a loop already
        own.submit(lambda: asyncio.run(storm())).result()
    assert not phone.lines[0].store.data["pins"]
    phone.do_the_rest()
    assert phone.lines[0].store.data["pins"]
    assert len(list(phone.history.of("saved", "withdrawn"))) == 12


def test_the_same_seed_plans_the_same_faults_and_another_seed_others() -> None:
    assert plan("7") == plan("7")
    assert len({tuple(plan(str(seed))) for seed in range(50)}) == 50


def test_the_fixed_seeds_meet_every_fault() -> None:
    met = {step.fault for seed in (*(seed for _database, seed in FIXED), IN_TWO_WALKS) for step in plan(seed)}
    assert met >= {*SERVER_FAULTS, *PHONE_FAULTS, "backup", "photo lost"}


def test_about_every_third_seed_has_phones_in_two_walks() -> None:
    seeds = [seed for seed in map(str, range(1, 101)) if {"a", "b"} in map(set, walks_of(seed))]
    assert IN_TWO_WALKS in seeds
    assert 25 < len(seeds) < 42
