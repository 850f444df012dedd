"""The application for a platform's own gunicorn: `gunicorn -c gunicorn.conf.py app.wsgi:application`."""

from __future__ import annotations

from app import create_app
from app.lean import compile_no_more
from app.web.assets import served

application = served(create_app())
compile_no_more()
