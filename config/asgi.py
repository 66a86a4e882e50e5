"""The ASGI application, for an ASGI server."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()
call_command("check")  # only manage.py runs the checks by itself; a bad deployment must not serve pages either
