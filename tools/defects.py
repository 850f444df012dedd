"""The defects that `make mutants` seeds, each with the promise it breaks and the test that must see it.

A defect is a few words of a file replaced by others. Words that are no longer there make the run fail,
so that the list stays true when the code moves.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """`test` is a pytest id, or `file.test.js: name of the test`."""

    promise: str
    name: str
    file: str
    edits: tuple[tuple[str, str], ...]
    test: str


CONTRACT = "tests/contract/test_i_contract.py::test_"
DOCTOR = "tests/operations/test_doctor.py::test_"
FEED = "tests/contract/test_feed.py::test_"
KEPT = "tests/contract/test_kept.py::test_"
LEFTOVERS = "tests/operations/test_leftovers.py::test_an_upload_is_"
NTH = "tests/operations/test_nth_failure.py::test_a_write_is_whole_or_not_at_all"
OUTBOX = "app/static/js/phone/outbox.js"
STORE = "app/static/js/phone/store-db.js"
QUEUE = "app/static/js/phone/store-queue.js"
ROOM = "app/static/js/phone/store-room.js"
JS = "tests/js/phone/"

UNLOCKED = ("LOCK = READ.with_for_update(of=WALK)", "LOCK = READ")
HEAD_FROM_ROWS = (
    '*(WALK.c[name] for name in ("id", "organisation_id", "epoch", "feed_seq", "backed_up_seq", "state")),',
    """*(WALK.c[name] for name in ("id", "organisation_id", "epoch", "backed_up_seq", "state")),
    sa.select(sa.func.coalesce(sa.func.max(CHANGE.c.seq), 0))
    .where(CHANGE.c.walk_id == sa.bindparam("walk_id"))
    .scalar_subquery()
    .label("feed_seq"),""",
)
COUNTER = ("CHANGE = table(Change)\n", 'CHANGE = table(Change)\nCOUNT = __import__("itertools").count(1)\n')
TAKEN = """    row = run(TAKE_NUMBER, {"walk": walk_id, "new_pins": new_pins}).one()
    return Number(row.epoch, row.feed_seq, row.pin_count)"""
BY_SEQUENCE = """    count = next(COUNT)
    return Number(run(HEAD, {"walk_id": walk_id}).one().epoch, count, count)"""
BY_CLOCK = """    now = __import__("time").time_ns() // 1000
    return Number(run(HEAD, {"walk_id": walk_id}).one().epoch, now, next(COUNT))"""
COMMIT = "            yield\n            connection.commit()"
COMMIT_OR_NOT = """            yield
            try:
                connection.commit()
            except sa.exc.DBAPIError:
                connection.rollback()"""
HEALED = (
    f"{JS}sync-healing.test.js: a server restored from an old backup is healed by the phone, byte for byte"
)
ELSEWHERE = (
    f"{JS}sync-healing.test.js: a walk that nobody opens again is healed too, at once when a resident asks"
)
LATER = f"{FEED}a_later_number_is_never_visible_before_an_earlier_one[postgres]"

SERVER = [
    Defect(
        "I5",
        "each statement of a page sees another moment",
        "app/db.py",
        (('level"] = "REPEATABLE READ"', 'level"] = "READ COMMITTED"'),),
        f"{FEED}a_page_is_of_one_moment[postgres]",
    ),
    Defect(
        "I1",
        "an answer without a commit",
        "app/db.py",
        (
            (
                "            yield\n            connection.commit()",
                "            yield\n            connection.rollback()",
            ),
        ),
        f"{CONTRACT}i01_what_was_answered_survives_pulling_the_plug[sqlite]",
    ),
    Defect(
        "I1",
        "a commit in the middle",
        "app/operations/pins.py",
        (("    run(NEW_PIN, pin)", "    run(NEW_PIN, pin).connection.commit()"),),
        f"{NTH}[postgres-before0-create-201]",
    ),
    Defect(
        "I10",
        "a restore that calls backed up what its backup lacked",
        "app/operations/restore.py",
        (("upto = walk.backed_up_seq if walk.id in incomplete else", "upto ="),),
        f"{DOCTOR}a_photo_that_its_backup_lacked_is_asked_for_and_kept_by_phones[sqlite-True]",
    ),
    Defect(
        "I6",
        "a restore that looks for what is lacking among the rows of before",
        "app/operations/restore.py",
        (("stored_files(_connection())", "stored_files(db.session.connection())"),),
        f"{DOCTOR}a_photo_that_its_backup_lacked_is_asked_for_and_kept_by_phones[sqlite-False]",
    ),
    Defect(
        "I1",
        "a sweep that takes for forgotten what is just being noted",
        "app/operations/leftovers.py",
        (("for key in forgotten & suspected:", "for key in forgotten:"),),
        f"{LEFTOVERS}not_forgotten_while_its_row_is_being_written[sqlite]",
    ),
    Defect(
        "I2",
        "a photo taken without looking at its hash",
        "app/operations/sending.py",
        (("if spooled.sha256 != sha256:", "if len(spooled.sha256) != len(sha256):"),),
        f"{CONTRACT}i02_bytes_that_changed_on_the_way_get_no_proof[sqlite]",
    ),
    Defect(
        "I2",
        "a proof of what is stored instead of what was sent",
        "app/operations/pins.py",
        (
            (
                "    return _proof(pin, message, walk.epoch, seen.seq), False\n    return",
                "    return _proof(pin, message, walk.epoch, pin.seq), False\n    return",
            ),
            (
                'rev, sha256 = message.data["rev"], message.sha256',
                'rev, sha256 = getattr(pin, "rev", 1), message.sha256',
            ),
        ),
        f"{CONTRACT}i02_proof_echoes_what_was_sent_byte_by_byte[sqlite]",
    ),
    Defect(
        "I3",
        "a repeated message not recognised",
        "app/operations/pins.py",
        ((".where(REVISION.c.rev == ", ".where(REVISION.c.rev > "),),
        f"{CONTRACT}i03_any_number_of_sends_at_once_makes_one_of_each[sqlite]",
    ),
    Defect(
        "I4",
        "an archived walk that asks to be tried for ever",
        "app/problems.py",
        (
            (
                '_("The walk is archived and takes nothing more.")',
                '_("The walk is archived and takes nothing more."), True',
            ),
        ),
        f"{CONTRACT}i04_only_what_can_pass_by_itself_is_to_be_tried_again",
    ),
    Defect(
        "I5",
        "a feed by a bare sequence",
        "app/operations/feed.py",
        (UNLOCKED, HEAD_FROM_ROWS, COUNTER, (TAKEN, BY_SEQUENCE)),
        LATER,
    ),
    Defect(
        "I5",
        "a feed by the clock",
        "app/operations/feed.py",
        (UNLOCKED, HEAD_FROM_ROWS, COUNTER, (TAKEN, BY_CLOCK)),
        LATER,
    ),
    Defect(
        "I5",
        "a lost tombstone",
        "app/operations/views.py",
        (
            (
                "        elif pin.shown_to_walk:",
                "        elif pin.shown_to_walk and pin.withdrawn_at is None:",
            ),
        ),
        f"{FEED}what_was_shown_and_may_no_longer_be_comes_once_more_as_gone[sqlite]",
    ),
    Defect(
        "I5",
        "a contradicting copy thrown away",
        "app/operations/pins.py",
        (("class Conflict(Problem, KeptAndRaised):", "class Conflict(Problem):"),),
        f"{KEPT}same_id_with_other_content_is_refused_and_both_are_kept[sqlite]",
    ),
    Defect(
        "I5",
        "a pin that went with a file, though its phone had sent it",
        "app/operations/homecoming.py",
        (("return bool(undone_at == pin.withdrawn_at)", "return False"),),
        "tests/web/test_homecoming.py::test_what_the_phone_sends_itself_stands_though_its_file_was_taken_back"
        "[sqlite-False-True]",
    ),
    Defect(
        "I6",
        "the epoch ignored",
        "app/operations/feed.py",
        (("(epoch != walk.epoch or after > walk.feed_seq)", "after > walk.feed_seq"),),
        f"{CONTRACT}i06_after_a_restore_phones_start_over_and_fill_the_gap[sqlite]",
    ),
    Defect(
        "I6",
        "a cursor from the future believed",
        "app/operations/feed.py",
        (("(epoch != walk.epoch or after > walk.feed_seq)", "epoch != walk.epoch"),),
        f"{CONTRACT}i06_a_cursor_from_the_future_starts_over[sqlite]",
    ),
    Defect(
        "I7",
        "a token that opens every walk",
        "app/operations/join.py",
        ((', PARTICIPANT.c.walk_id == sa.bindparam("walk_id")\n', "\n"),),
        f"{CONTRACT}i07_a_walks_credential_opens_no_other_walk[sqlite]",
    ),
    Defect(
        "I7",
        "asking for what is missing in any walk",
        "app/operations/missing.py",
        ((".where(Pin.walk_id == walk_id)", ""),),
        f"{CONTRACT}i07_nothing_of_another_walk_shows_through_ones_own[sqlite]",
    ),
    Defect(
        "I8",
        "a proof in spite of a failed commit",
        "app/db.py",
        ((COMMIT, COMMIT_OR_NOT),),
        f"{CONTRACT}i08_no_answer_says_stored_before_the_commit[postgres]",
    ),
    Defect(
        "I9",
        "photos that are not there yet left out",
        "app/operations/views.py",
        (("sa.select(*columns).outerjoin(Photo, same)", "sa.select(*columns).join(Photo, same)"),),
        f"{CONTRACT}i09_words_arrive_without_their_photos[sqlite]",
    ),
    Defect(
        "I10",
        "the message as we understood it instead of as it came",
        "app/operations/pins.py",
        (('"payload": message.payload', '"payload": str(dict(message.data))'),),
        f"{CONTRACT}i10_every_message_is_kept_as_it_came[sqlite]",
    ),
]

PHONE = [
    Defect(
        "I1",
        "relaxed durability",
        STORE,
        (("durability = 'strict'", "durability = 'relaxed'"),),
        f"{JS}store.test.js: pin and entry are one transaction, and it is a strict one",
    ),
    Defect(
        "I2",
        "any good answer taken for proof",
        OUTBOX,
        (("return result.ok && isEcho && isPlaced ?", "return result.ok ?"),),
        f"{JS}outbox.test.js: only a full echo is proof",
    ),
    Defect(
        "I2",
        "a login page taken for an answer",
        "app/static/js/shared/api.js",
        (("(isGood && !isJson)", "(isGood && isJson && false)"),),
        f"{JS}api.test.js: who answers instead of the server is a portal",
    ),
    Defect(
        "I3",
        "bytes that may have left not noted first",
        QUEUE,
        (("{ state: 'sending', maybe_sent: true }", "{ state: 'sending' }"),),
        f"{JS}sync.test.js: that it may be sent is on disk before the first byte leaves",
    ),
    Defect(
        "I4",
        "the outbox drops what the server refuses",
        OUTBOX,
        (
            (
                "if (problem?.retry === false) return help(entry, result, code ?? 'refused');",
                "if (problem?.retry === false) return { effect: 'gone', stop: 'none', patch: {} };",
            ),
        ),
        f"{JS}outbox.test.js: every refusal has its effect, and none of them deletes",
    ),
    Defect(
        "I4",
        "the outbox drops on 500",
        OUTBOX,
        (
            (
                "if (problem?.retry === false)",
                "if (status === 500) return { effect: 'gone', stop: 'none', patch: {} };\n"
                "  if (problem?.retry === false)",
            ),
        ),
        f"{JS}outbox.test.js: every refusal has its effect, and none of them deletes",
    ),
    Defect(
        "I5",
        "two tabs that send at once",
        "app/static/js/phone/sync.js",
        (("if (!locks) return fn();", "if (locks) return fn();"),),
        f"{JS}sync-turns.test.js: while one tab sends, another one waits",
    ),
    Defect(
        "I5",
        "a lost tombstone",
        "app/static/js/phone/store-feed.js",
        (
            (
                "if ('gone' in item) return tx.objectStore('others').delete([walkId, item.id]);",
                "if ('gone' in item) return undefined;",
            ),
        ),
        f"{JS}sync-healing.test.js: the feed brings others, own numbers, and takes away what was hidden",
    ),
    Defect(
        "I6",
        "the epoch ignored",
        "app/static/js/phone/sync-pull.js",
        (("(answer.reset === true || answer.epoch !== walk.epoch)", "answer.seq < 0"),),
        HEALED,
    ),
    Defect(
        "I7",
        "pins of every walk in one list",
        "app/static/js/phone/store-lists.js",
        (
            (
                "(async (name) => tx.objectStore(name).index('walk').getAll(walk))),\n  );\n  const shown",
                "(async (name) => tx.objectStore(name).getAll())),\n  );\n  const shown",
            ),
        ),
        f"{JS}store-leaving.test.js: pins of another walk stay apart",
    ),
    Defect(
        "I8",
        "'saved' before the transaction is complete",
        STORE,
        (("      const failure = await done;\n      if (failure) throw failure;\n", ""),),
        f"{JS}store-faults.test.js: a transaction that fails only at its end is not called saved",
    ),
    Defect(
        "I8",
        "'all sent' with photos left",
        OUTBOX,
        (("return photos > 0 ? 'photos' : 'done';", "return 'done';"),),
        f"{JS}outbox.test.js: the summary says done only when nothing is left",
    ),
    Defect(
        "I9",
        "photos before words",
        OUTBOX,
        (("return [...words, ...photos];", "return [...photos, ...words];"),),
        f"{JS}outbox.test.js: it sends words oldest first, then photos newest first",
    ),
    Defect(
        "I9",
        "photos that take the room of words",
        ROOM,
        (("(tx) => lay(tx).then(() => fn(tx))", "(tx) => fn(tx)"),),
        f"{JS}store-room.test.js: photos end before the room of words does, and words are saved long after",
    ),
    Defect(
        "I9",
        "a ballast that is never thrown out",
        ROOM,
        (("tx.objectStore('meta').delete(named(use))", "tx.objectStore('meta').get(named(use))"),),
        f"{JS}store-room.test.js: photos end before the room of words does, and words are saved long after",
    ),
    Defect(
        "I10",
        "a healed server given other bytes than it had proven",
        QUEUE,
        (("thing.acked_rev, thing.acked_body, now)", "thing.acked_rev, JSON.stringify(thing.fields), now)"),),
        HEALED,
    ),
    Defect(
        "I10",
        "a walk that is not in front is never healed",
        "app/static/js/phone/sync-pull.js",
        (("others ? await longUnread(wanted, run.parked) : []", "[]"),),
        ELSEWHERE,
    ),
]

DEFECTS = [*SERVER, *PHONE]
