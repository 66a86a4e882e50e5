"""The WSGI application, for gunicorn."""

from __future__ import annotations

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
call_command("check")  # only manage.py runs the checks by itself; a bad deployment must not serve pages either
