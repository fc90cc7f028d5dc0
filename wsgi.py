"""The WSGI entry point: `gunicorn wsgi:app`."""

from config import Settings
from station.web.app import create_app

app = create_app(Settings.from_env())
