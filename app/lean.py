"""Three libraries, loaded without what they would take along for ways that are not used here; and no pause.

The login library takes webauthn and authlib as soon as they are installed, the queue psycopg and redis,
the migrations a highlighter of code: more than half a second and thirty megabytes at every
start. We use the first two ourselves, later and seldom (ADR 0013); the queue needs redis where REDIS_URL
names one, and psycopg never. Import this before all three; they do without, as where those are not
installed. All can be imported as usual afterwards.

From here until `loaded()` nothing is collected as garbage: what modules define stays, and looking
through it again and again takes a sixth of the time they need.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import Any, cast

gc.disable()

_heavy = ("webauthn", "authlib", "psycopg", "pygments", *(() if os.environ.get("REDIS_URL") else ("redis",)))
_modules = cast(dict[str, Any], sys.modules)
_later = [name for name in _heavy if name not in _modules]
_modules.update(dict.fromkeys(_later))  # None means: not to be found

for _name in ("flask_migrate", "flask_security", "huey"):
    import_module(_name)
for _name in _later:
    del _modules[_name]


def compile_no_more() -> None:
    """From now on no compiled file is written: on a full disk half of one would stay for ever.

    For processes that serve or work for weeks, once they have loaded what they need.
    """
    sys.dont_write_bytecode = True


def loaded() -> None:
    """All modules are there: from now on garbage is collected."""
    gc.enable()
