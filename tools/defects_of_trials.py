"""Defects that only a whole trial can see, with the seed that must see each: of the server, and of phones.

Those of phones are seeded in the simulated one, so that the checker is tried and not the shipped app, whose
own defects are in tools.defects.
"""

from __future__ import annotations

from tools.defects import Defect

TRIAL = "tests/chaos/test_trials.py::test_every_promise_is_kept"
STORM, SEEN, CRASH, RESTORE, QUOTA = (f"{TRIAL}[sqlite-{seed}]" for seed in (3, 5, 6, 4, 12))

COMMIT_NOW_AND_THEN = """            yield
            connection.commit() if __import__("random").random() > 0.15 else connection.rollback()"""
BY_CLOCK = """    row = run(TAKE_NUMBER, {"walk": walk_id, "new_pins": new_pins}).one()
    now = int(__import__("time").time())
    run(sa.update(WALK).where(WALK.c.id == walk_id).values(feed_seq=now))
    return Number(row.epoch, now, row.pin_count)"""

TRIALS = [
    Defect(
        "I1",
        "an answer before the commit, which now and then fails",
        "app/db.py",
        (("            yield\n            connection.commit()", COMMIT_NOW_AND_THEN),),
        STORM,
    ),
    Defect(
        "I2",
        "a phone that takes any good answer for proof",
        "tests/chaos/outbox.py",
        (("    return same and isinstance(", "    return True or isinstance("),),
        STORM,
    ),
    Defect(
        "I3",
        "a retry that is taken for another version",
        "app/operations/pins.py",
        ((".where(REVISION.c.rev == ", ".where(REVISION.c.rev > "),),
        STORM,
    ),
    Defect(
        "I4",
        "a quota that refuses",
        "app/operations/quotas.py",
        (
            (
                "return Quarantine.OVER_QUOTA.value if is_over_quota(use, _quota()) else None",
                """if is_over_quota(use, _quota()):
        raise __import__("app.problems").problems.Problem("forbidden")
    return None""",
            ),
        ),
        QUOTA,
    ),
    Defect(
        "I4",
        "an outbox that drops on 500",
        "tests/chaos/outbox.py",
        (('(is_unknown, Decision("gone")),', '(is_unknown or status == 500, Decision("gone")),'),),
        STORM,
    ),
    Defect(
        "I5",
        "a feed by the clock",
        "app/operations/feed.py",
        (
            (
                """    row = run(TAKE_NUMBER, {"walk": walk_id, "new_pins": new_pins}).one()
    return Number(row.epoch, row.feed_seq, row.pin_count)""",
                BY_CLOCK,
            ),
        ),
        STORM,
    ),
    Defect(
        "I6",
        "phones told of a backup that does not hold what they sent",
        "app/operations/backup.py",
        (('"upto": seq}', '"upto": seq + 1000}'),),
        RESTORE,
    ),
    Defect(
        "I5",
        "a lost tombstone",
        "app/operations/views.py",
        (("        elif pin.shown_to_walk:", "        elif pin.shown_to_walk and False:"),),
        CRASH,
    ),
    Defect(
        "I6",
        "a phone that does not ask a restored server",
        "tests/chaos/sync.py",
        (('is_restored = bool(walk.get("epoch")) and (', "is_restored = False and ("),),
        RESTORE,
    ),
    Defect(
        "I6",
        "a restored server that goes on from a foreign cursor",
        "app/operations/feed.py",
        (("start = 0 if reset else after", "start = after"),),
        RESTORE,
    ),
    Defect(
        "I7",
        "what is for staff alone told to everybody",
        "app/rules/pins.py",
        (("kept_back = pin.staff_only or ", "kept_back = "),),
        SEEN,
    ),
    Defect(
        "I8",
        "saved before it is on the disk",
        "tests/chaos/store.py",
        (("        self._disk = json.dumps(self.data)\n\n    def lose", "\n    def lose"),),
        CRASH,
    ),
]
