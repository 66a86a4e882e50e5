"""Settings for the test suite: those of the project, with fast passwords and mail kept in memory."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

os.environ.setdefault("DEBUG", "true")

from config.settings import *  # noqa: F403

INSTALLED_APPS.append("sandbox.apps.SandboxConfig")  # noqa: F405 - the tests of its commands need it
METRICS_WRITE_SECONDS = 0  # no thread writes beside a test
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # or every browser of a test reads all static files first
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":  # noqa: F405
    # A cluster made on a machine without a locale has no UTF-8 unless it is asked for.
    DATABASES["default"]["TEST"] = {"CHARSET": "UTF8", "TEMPLATE": "template0"}  # noqa: F405
else:
    # A file, as in use. Of a database in memory the threads of a server would share one connection with the test, and
    # two threads in one SQLite connection can wait for each other for ever if one runs a Python function.
    DATABASES["default"]["TEST"] = {"NAME": Path(gettempdir()) / f"kalends-tests-{os.getpid()}.sqlite3"}  # noqa: F405
