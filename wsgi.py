"""WSGI entry point: ``gunicorn wsgi:app``."""

import os

from orchestrator.bootstrap import build_services
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

settings = Settings.from_environ(os.environ)
app = create_app(build_services(settings), settings)
