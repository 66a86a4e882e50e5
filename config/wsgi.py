"""The WSGI application, for gunicorn."""

from __future__ import annotations

import io
import logging
import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

said, problems = io.StringIO(), io.StringIO()
# Only manage.py runs the checks by itself; a bad deployment must not serve pages either.
call_command("check", stdout=said, stderr=problems, no_color=True)
if problems.getvalue():
    logging.getLogger("config.wsgi").warning("%s", problems.getvalue().strip())
