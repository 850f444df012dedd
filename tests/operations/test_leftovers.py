"""What a phone's camera wrote into a picture does not outlive the photo that was made of it."""

from __future__ import annotations

import io
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from app.db import quick_transaction
from app.models import Photo
from app.operations import photos, sending
from app.operations.doctor import examine
from app.operations.photos import Upload
from app.rules.access import Actor
from app.worker import PhotoWork
from tests.builders import a_photo, sha256
from tests.cast import Cast
from tests.contract.disasters import commits_that_fail
from tests.photo_fixtures import BROKEN

PHOTO, EARLIER = a_photo(1), a_photo(9)
TWO_DAYS_S = 2 * 24 * 3600


def grow_old(cast: Cast, key: str) -> None:
    """Its bytes came two days ago."""
    long_ago = datetime.now(UTC).timestamp() - TWO_DAYS_S
    os.utime(Path(cast.app.extensions["photo_store"].path(key)), (long_ago, long_ago))


def stored(cast: Cast, photo: bytes = PHOTO) -> Upload:
    """An upload that lies in the store, and of which no row speaks yet."""
    with cast.app.app_context():
        return sending.store_upload(cast.a.id, sha256(photo), io.BytesIO(photo), len(photo))


def noted(cast: Cast, upload: Upload) -> UUID | None:
    """What comes of the sender's transaction: the id of a new photo."""
    sender = cast.one(Photo, Photo.sent_sha256 == sha256(EARLIER)).participant_id
    actor = Actor("participant", sender, cast.a.id)
    with cast.app.app_context(), quick_transaction():
        return photos.receive(actor, cast.a.id, upload, datetime.now(UTC))[1]


def test_a_photo_that_comes_twice_at_once_is_kept_once(cast: Cast) -> None:
    cast.amina.put_photo(EARLIER)
    first, second = stored(cast), stored(cast)
    assert noted(cast, first) is not None
    cast.encode_photos()
    assert noted(cast, second) is None
    PhotoWork(cast.app, threading.Event()).sweep()
    assert cast.uploads() == []
    assert cast.count(Photo, Photo.state == "ready") == 2
    with cast.app.app_context():
        assert [finding for finding in examine() if finding] == []


def test_a_photo_that_is_refused_at_last_is_not_kept(cast: Cast) -> None:
    cast.set_walk(cast.a, state="archived")
    assert cast.amina.put_photo(PHOTO).status_code == 410
    assert cast.uploads() == []


def test_a_photo_for_whose_row_there_is_no_room_takes_none_either(cast: Cast, engine: str) -> None:
    with commits_that_fail(cast, engine):
        for _try in range(3):
            answer = cast.amina.put_photo(PHOTO)
            assert (answer.status_code, answer.json["code"]) == (507, "storage_full")
    assert cast.uploads() == []


def test_an_upload_that_no_row_names_goes_after_a_day(cast: Cast) -> None:
    """A server was killed before the row was written, a worker after the photo was encoded."""
    cast.amina.put_photo(BROKEN[0].data)
    cast.encode_photos()
    (kept,) = cast.uploads()
    young, old = stored(cast, a_photo(3)).key, stored(cast, a_photo(4)).key
    for key in (kept, old):
        grow_old(cast, key)
    worker = PhotoWork(cast.app, threading.Event())
    for _minute in range(2):
        assert old in cast.uploads()
        worker.sweep()
    assert cast.uploads() == sorted([kept, young])


def test_an_upload_is_not_forgotten_while_its_row_is_being_written(cast: Cast) -> None:
    """The clock jumped by days in between: the upload looks old at once."""
    cast.amina.put_photo(EARLIER)
    upload = stored(cast)
    grow_old(cast, upload.key)
    worker = PhotoWork(cast.app, threading.Event())
    worker.sweep()
    assert noted(cast, upload) is not None
    worker.sweep()
    assert cast.count(Photo, Photo.state == "ready") == 2
