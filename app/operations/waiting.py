"""Uploads that wait on this machine for the bucket, brought there when it answers again.

Owns the moment at which a photo's row says that its bytes have moved: after they are there, before they go
here. A worker killed in between does it again.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.adapters.patient_store import PatientStore, plain
from app.db import quick_read, quick_transaction, run, table
from app.models import Photo
from app.operations.photos import photo_store

PHOTO = table(Photo)
OF_KEY = sa.select(PHOTO.c.upload_key).where(
    PHOTO.c.upload_key.in_((sa.bindparam("key"), sa.bindparam("moved_to")))
)
MOVED = (
    sa.update(PHOTO)
    .where(PHOTO.c.upload_key == sa.bindparam("key"))
    .values(upload_key=sa.bindparam("moved_to"))
)


def carry_over() -> int:
    """Bring every waiting upload to the bucket; how many. Raises StoreUnavailable at the first that cannot.

    What no row speaks of yet may be spoken of in a moment: it is left alone.
    """
    store = photo_store()
    if not isinstance(store, PatientStore):
        return 0
    carried = 0
    for key in store.waiting():
        names = {"key": key, "moved_to": plain(key)}
        with quick_read():
            named = run(OF_KEY, names).scalar()
        if named == key:
            store.carry_over(key)
            with quick_transaction():
                run(MOVED, names)
            carried += 1
        if named:
            store.let_go(key)
    return carried
