"""The login library, loaded without what it would load for ways in that are ours here.

It takes webauthn and authlib along as soon as they are installed: half a second and twenty megabytes at
every start. We use both ourselves, later and seldom (ADR 0013). Import this before the library; it does
without them, as where they are not installed. They can be imported as usual afterwards.
"""

from __future__ import annotations

import sys
from typing import Any, cast

_modules = cast(dict[str, Any], sys.modules)
_later = [name for name in ("webauthn", "authlib") if name not in _modules]
_modules.update(dict.fromkeys(_later))  # None means: not to be found

import flask_security  # noqa: E402, F401

for _name in _later:
    del _modules[_name]
