"""Defects of the shipped app, one for nearly each fault of the phone, with the browser test that must see it.

The test is the one that docs/RELIABILITY.md names for the fault; it runs against the bundle of the defect.
P16 and P20 have none here: two layers hold each, and no single slip breaks both (for P16 see sync-turns).
"""

from __future__ import annotations

from tools.defects import OUTBOX, QUEUE, ROOM, STORE, Defect

PHONE = "app/static/js/phone/"
SYNC, POSITION = f"{PHONE}sync.js", f"{PHONE}position.js"
WORKER = "app/static/sw.js"

TAB, NETWORK, START, STORAGE, LIFE, PLACE, WALK, VERSIONS = (
    f"tests/e2e/test_faults_{name}.py::test_"
    for name in ("tab", "network", "start", "storage", "life", "place", "walk", "versions")
)
NO_ANSWER = "if (result.network) return "

SAVING = [
    Defect(
        "P1",
        "a photo noted without its bytes",
        f"{PHONE}store-photos.js",
        (("  await tx.objectStore('bytes').put({ walk, sha256, type, bytes });\n", ""),),
        f"{TAB}p01_a_tab_that_dies_while_saving_leaves_a_whole_pin_or_none",
    ),
    Defect(
        "P2",
        "a token that is never renewed",
        f"{PHONE}session.js",
        (("if (!walk?.rejoin) return 'refused';", "if (walk) return 'refused';"),),
        f"{STORAGE}p02_a_killed_browser_loses_nothing_that_was_called_saved",
    ),
    Defect(
        "P12",
        "words that find no room beside the ballast",
        ROOM,
        (("tx.objectStore('meta').delete(named(use))", "tx.objectStore('meta').get(named(use))"),),
        f"{STORAGE}p12_a_full_phone_keeps_every_word_and_asks_for_the_photo_when_there_is_room",
    ),
    Defect(
        "P13",
        "an old tab that does not let go of the store",
        STORE,
        (("function blocking() {\n  forget();\n", "function blocking() {\n"),),
        f"{STORAGE}p13_a_newer_version_gets_the_store_and_the_old_tab_says_so",
    ),
    Defect(
        "P14",
        "a memory that passes for a store",
        STORE,
        (("setMode({ memory: true, reason });", "setMode({ memory: false, reason });"),),
        f"{STORAGE}p14_without_a_store_everything_is_sent_at_once_and_the_screen_says_so[throws]",
    ),
    Defect(
        "P14",
        "a page that goes without asking",
        f"{PHONE}main.js",
        (
            (
                "some(({ state }) => state !== 'sent')) event.preventDefault();",
                "some(({ state }) => !state)) return;",
            ),
        ),
        f"{STORAGE}p14_what_only_the_page_holds_is_not_left_unasked",
    ),
    Defect(
        "P15",
        "a cleared phone that says nothing of it",
        f"{PHONE}ui/strip.js",
        (("if (pins.length > 0 || n === 0) return '';", "if (pins.length >= 0) return '';"),),
        f"{STORAGE}p15_a_cleared_phone_still_knows_who_it_is_and_says_what_is_safe",
    ),
    Defect(
        "P19",
        "a newer store that is not opened",
        STORE,
        (("return openNewer();", "return openMemory(name);"),),
        f"{VERSIONS}p19_what_an_older_version_left_unsent_is_sent_and_nothing_is_made_anew"
        "[made newer-indexeddb-v1]",
    ),
    Defect(
        "P23",
        "a photo refused because it cannot be drawn now",
        f"{PHONE}capture.js",
        (("  } catch {\n    return asItIs(source);", "  } catch {\n    throw new PhotoUnusable();"),),
        f"{LIFE}p23_a_huge_photo_is_kept_whole_while_memory_is_short_and_made_smaller_later",
    ),
    Defect(
        "P24",
        "a pin that forgets that its photo is being taken",
        f"{PHONE}store-pins.js",
        (("awaiting_photo: awaitingPhoto,", "awaiting_photo: false,"),),
        f"{LIFE}p24_the_camera_app_kills_the_browser_and_the_photo_is_offered_on_that_very_pin",
    ),
]

SENDING = [
    Defect(
        "P3",
        "what a dead page was sending left lying",
        QUEUE,
        (("entry.state === 'sending';", "entry.state === 'help';"),),
        f"{NETWORK}p03_a_photo_cut_off_at_any_byte_arrives_once",
    ),
    Defect(
        "P4",
        "a lost answer taken for a yes",
        OUTBOX,
        ((f"{NO_ANSWER}later(", f"{NO_ANSWER}{{ effect: 'gone', stop: 'none', patch: {{}} }} ?? later("),),
        f"{NETWORK}p04_an_answer_lost_after_the_commit_is_asked_for_again",
    ),
    Defect(
        "P5",
        "the same wait after every failure",
        OUTBOX,
        (("2 ** (tries + 1) * 1000", "2000"),),
        f"{NETWORK}p05_a_sick_server_and_a_dead_road_only_delay_and_the_words_stay",
    ),
    Defect(
        "P6",
        "a photo that is not made smaller",
        OUTBOX,
        (("entry.kind === 'photo' && !entry.recompressed", "entry.kind === 'photo' && entry.recompressed"),),
        f"{NETWORK}p06_a_photo_found_too_large_is_made_smaller_once",
    ),
    Defect(
        "P7",
        "any named time obeyed",
        OUTBOX,
        (("Math.min(Math.max(wait, 0), LONGEST_WAIT_MS)", "Math.max(wait, 0)"),),
        f"{NETWORK}p07_a_named_time_is_kept_and_never_longer_than_a_quarter_of_an_hour",
    ),
    Defect(
        "P8",
        "a full server taken for a refusal",
        OUTBOX,
        (
            (
                "if (status === 507) return later(",
                "if (status === 507) return help(entry, result, 'x') ?? later(",
            ),
        ),
        f"{NETWORK}p08_a_full_server_pauses_photos_and_pins_go_on",
    ),
    Defect(
        "P9",
        "a login page that is not named",
        f"{PHONE}ui/strip.js",
        (("if (sync.lastError === 'portal') {", "if (sync.lastError === 'full') {"),),
        f"{NETWORK}p09_a_network_that_wants_a_login_is_named_and_gets_nothing",
    ),
    Defect(
        "P21",
        "as many photos in memory as there are",
        f"{PHONE}sync-round.js",
        (("arePhotos && !course.isQuick ? 1 : LANES", "arePhotos ? 30 : LANES"),),
        f"{LIFE}p21_a_long_queue_is_sent_with_few_photos_in_memory_and_honest_words",
    ),
    Defect(
        "P25",
        "a page that thaws and does nothing",
        SYNC,
        (
            ("void (isVisible() && retry())", "undefined"),
            ("  globalThis.addEventListener?.('online', retry);\n", ""),
            ("timer = setTimeout(attempt, ", "timer = setTimeout(() => undefined, "),
            ("afterSave = setTimeout(attempt, AFTER_SAVE_MS);", "afterSave = undefined;"),
        ),
        f"{LIFE}p25_a_frozen_page_sends_when_it_thaws_without_any_background_sync",
    ),
    Defect(
        "P26",
        "a page that does not hear its worker",
        SYNC,
        (("data?.type === 'sync' && retry()", "data?.type === 'none' && retry()"),),
        f"{LIFE}p26_background_sync_wakes_a_page_whose_timers_stand_still",
    ),
    Defect(
        "P30",
        "a late answer that closes a newer edit",
        QUEUE,
        (("older.filter((each) => each.rev < entry.rev)", "older"),),
        f"{WALK}p30_a_late_answer_to_the_first_edit_leaves_the_second_unsent",
    ),
]

AROUND = [
    Defect(
        "P10",
        "any file taken for the one that was listed",
        WORKER,
        (("=== hash) return response;", "!== '') return response;"),),
        f"{START}p10_garbage_during_an_update_leaves_the_old_version_whole",
    ),
    Defect(
        "P11",
        "a wrong clock kept quiet",
        "app/static/js/desk/detail-facts.js",
        (("view.participant && clockWords(view, bundle)", "''"),),
        f"{START}p11_a_wrong_clock_disturbs_no_order_and_is_shown_at_the_desk",
    ),
    Defect(
        "P17",
        "a new version offered while something is sent",
        f"{PHONE}update.js",
        (("|| busy() || syncState().running) return;", "|| busy()) return;"),),
        f"{VERSIONS}p17_a_new_version_waits_while_a_sheet_is_open_or_something_is_sent",
    ),
    Defect(
        "P18",
        "a worker that starts nothing without network",
        WORKER,
        (("(await cache.match(key)) ?? fetch(request)", "fetch(request) ?? cache"),),
        f"{VERSIONS}p18_a_broken_worker_is_survived_and_replaced_at_the_next_start",
    ),
    Defect(
        "P22",
        "a fix that froze taken for a place",
        POSITION,
        (("const FRESH_MS = 15_000;", "const FRESH_MS = 150_000;"),),
        f"{PLACE}p22_a_pin_can_be_placed_whatever_the_sensor_says",
    ),
    Defect(
        "P27",
        "what came late not said to be late",
        f"{PHONE}ui/mine-row.js",
        (("      pin.late\n", "      !pin\n"),),
        f"{WALK}p27_what_comes_after_the_walk_is_taken_in_as_late_and_shown_so",
    ),
    Defect(
        "P28",
        "a walk that is gone taken for a lost token",
        f"{PHONE}session.js",
        (("problem.code !== 'walk_gone'", "problem.code !== ''"),),
        f"{WALK}p28_a_walk_that_is_gone_leaves_everything_on_the_phone_and_in_a_file",
    ),
    Defect(
        "P29",
        "a token that is never renewed",
        f"{PHONE}session.js",
        (("if (!walk?.rejoin) return 'refused';", "if (walk) return 'refused';"),),
        f"{WALK}p29_an_ended_token_is_renewed_unseen_and_a_revoked_one_by_the_code",
    ),
    Defect(
        "P31",
        "a photo that goes with the first of its pins",
        f"{PHONE}store-entries.js",
        (("filter((sha256) => !elsewhere.has(sha256))", "filter((sha256) => sha256 || elsewhere)"),),
        f"{WALK}p31_one_photo_on_two_pins_is_stored_once_and_stays_when_one_goes",
    ),
]

FAULTS = [*SAVING, *SENDING, *AROUND]
