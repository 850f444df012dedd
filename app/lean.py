"""Two libraries, loaded without what they would take along for ways that are not used here.

The login library takes webauthn and authlib as soon as they are installed, the queue psycopg and redis:
half a second and thirty megabytes at every start. We use the first two ourselves, later and seldom
(ADR 0013); the queue needs redis where REDIS_URL names one, and psycopg never. Import this before both;
they do without, as where those are not installed. All can be imported as usual afterwards.
"""

from __future__ import annotations

import os
import sys
from typing import Any, cast

_heavy = ("webauthn", "authlib", "psycopg", *(() if os.environ.get("REDIS_URL") else ("redis",)))
_modules = cast(dict[str, Any], sys.modules)
_later = [name for name in _heavy if name not in _modules]
_modules.update(dict.fromkeys(_later))  # None means: not to be found

import flask_security  # noqa: E402, F401
import huey  # noqa: E402, F401

for _name in _later:
    del _modules[_name]
