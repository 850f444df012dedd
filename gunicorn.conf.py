"""gunicorn's settings for a Procfile host; the same as `flask serve` uses."""

from app.config import load_settings
from app.serve import gunicorn_settings

settings = gunicorn_settings(load_settings())
globals().update({name: value for name, value in settings.items() if value is not None})
