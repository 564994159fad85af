"""WSGI entry point: ``gunicorn wsgi:app``."""

import os

from orchestrator.bootstrap import build_services, create_embedded
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

settings = Settings.from_environ(os.environ)
# For shells and other servers; under gunicorn its master has done it by now.
create_embedded(settings)
app = create_app(build_services(settings), settings)
