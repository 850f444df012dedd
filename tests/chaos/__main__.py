"""`make chaos`: many seeds, or one; and the report of what all runs came to.

    make chaos SEEDS=100            seeds 1 to 100, but those that were clean on this very code
    make chaos SEED=42 DB=postgres  one seed, once more
    make chaos STORE=s3             photos in an S3 server of its own
    make chaos BROWSERS=1           a real phone in every seed; else in every tenth
    python -m tests.chaos report    the sum into docs/RELIABILITY.md

Promises that the last line is the verdict, that the exit status says whether it was clean, and that
every failure names its seed and how to repeat it.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.build import build_id
from app.web.assets import compressed_static
from tests.apps import Apps
from tests.chaos import verdicts
from tests.chaos.trial import run
from tests.chaos.world import Ground, ground
from tests.databases import Cluster
from tests.stores import CREDENTIALS, s3_running

DATABASES = {"sqlite": "sqlite", "postgres": "postgres", "postgresql": "postgres"}
MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Options:
    """What the command line asks for, by the environment."""

    seeds: list[str]
    is_one: bool
    database: str
    store: str
    browsers: str

    def browsers_in(self, seed: str) -> int:
        """How many real phones walk along: dear, so one in every tenth seed unless it is said."""
        return int(self.browsers) if self.browsers else int(seed.isdecimal() and int(seed) % 10 == 0)


def options() -> Options:
    one = os.environ.get("SEED")
    count = int(os.environ.get("SEEDS") or "10")
    database = DATABASES.get(os.environ.get("DB") or "sqlite")
    store = os.environ.get("STORE") or "local"
    if database is None or store not in ("local", "s3"):
        raise SystemExit("DB is sqlite or postgres, STORE is local or s3")
    seeds = [one] if one else [str(seed) for seed in range(1, count + 1)]
    return Options(seeds, bool(one), database, store, os.environ.get("BROWSERS") or "")


@contextmanager
def grounds(wanted: Options) -> Iterator[Ground]:
    """The ground that the options name, with whatever it needs; all gone afterwards."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        cluster = None
        if wanted.database == "postgres":
            (directory / "postgres").mkdir()
            directory.chmod(0o755)
            cluster = Cluster(directory / "postgres")
            cluster.start()
            stack.callback(cluster.stop)
        apps = Apps()
        stack.callback(apps.close)
        compressed = compressed_static(directory / "static", build_id())
        s3 = stack.enter_context(s3_running(directory / "s3.log")) if wanted.store == "s3" else ""
        if s3:  # for the checker, which reads photos past the road that faults close
            os.environ.update(CREDENTIALS, AWS_ENDPOINT=s3, AWS_ALLOW_HTTP="true")
        yield stack.enter_context(ground(wanted.database, apps, compressed, cluster, s3))


def main() -> int:
    if sys.argv[1:] == ["report"]:
        print(verdicts.write_report())
        return 0
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # what was started ends with us
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)  # what survives a kill survives it there too
    wanted, at = options(), verdicts.commit()
    known = set() if wanted.is_one else verdicts.done(verdicts.read(), at, wanted.database, wanted.store)
    made: list[verdicts.Verdict] = []
    with grounds(wanted) as the_ground:
        for seed in wanted.seeds:
            if seed not in known:
                made.append(one_seed(the_ground, seed, wanted, at))
    every = {
        one.seed: one
        for one in verdicts.read()
        if (one.commit, one.database, one.store) == (at, wanted.database, wanted.store)
    }
    told = made if wanted.is_one else [every[seed] for seed in wanted.seeds if seed in every]
    print(verdicts.total(told))
    return 1 if any(one.findings for one in told) else 0


def one_seed(the_ground: Ground, seed: str, wanted: Options, at: str) -> verdicts.Verdict:
    """Run it, say how it went, and note the verdict."""
    browsers = wanted.browsers_in(seed)
    trial = run(the_ground, seed, browsers)
    findings = [str(finding) for finding in trial.findings]
    faults = ", ".join(step.fault for step in trial.steps)
    counts = ", ".join(f"{count} {name}" for name, count in trial.stored.items())
    word = "FAILED" if findings else "clean"
    print(f"seed {seed}: {word} in {trial.seconds:.1f} s, {counts} ({faults})", flush=True)
    verdict = verdicts.Verdict(
        seed, at, wanted.database, wanted.store, browsers, round(trial.seconds, 1), trial.stored, findings
    )
    verdicts.add(verdict)
    if findings:
        story = verdicts.FOLDER / f"seed-{seed}.jsonl"
        trial.history.write(story)
        story.with_suffix(".log").write_text(trial.log, encoding="utf-8")
        print("\n".join(f"  {words}" for words in findings))
        where = f"DB={wanted.database} STORE={wanted.store} BROWSERS={browsers}"
        print(f"  again: make chaos SEED={seed} {where}; the story: {story}")
    return verdict


if __name__ == "__main__":
    sys.exit(main())
