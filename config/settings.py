"""Settings of a Kalends deployment. They come from the environment; docs/settings.md has the table."""

from __future__ import annotations

import logging

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy

from config import CODE, FILES
from config.environment import Environment, home
from config.logs.configuration import FORMATS, logging_settings
from config.logs.sentry import start_sentry
from practice.version import version

# Lets classes such as ModelForm and QuerySet be subscripted where they are subclassed, as the type checker wants.
django_stubs_ext.monkeypatch()

BASE_DIR = CODE  # what belongs to one deployment lies in HOME

HOME = home()

env = Environment()
env.read_env(HOME / ".env")

# --- What a deployment must or may say -------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
DEVELOPMENT_SECRET = "development-only: never deploy with this"  # noqa: S105 - refused by config.checks
SECRET_KEY = env.str("SECRET_KEY", default="").strip() or DEVELOPMENT_SECRET
FERNET_KEYS = [key.strip() for key in env.list("FERNET_KEYS", default=[DEVELOPMENT_SECRET])]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
INSTANCE = env.str("KALENDS_INSTANCE", default="").strip()  # its name, where one machine has many
TRUSTED_PROXIES = [proxy.strip() for proxy in env.list("TRUSTED_PROXIES", default=[])]

# Hosts in private networks that may be asked for calendars; for working on Kalends this machine.
ALLOWED_PRIVATE_HOSTS = env.list("ALLOWED_PRIVATE_HOSTS", default=["127.0.0.0/8", "::1", "localhost"] if DEBUG else [])
ICLOUD_CALDAV_URL = env.str("ICLOUD_CALDAV_URL", default="https://caldav.icloud.com/")
SYNC_INTERVAL_SECONDS = env.int("SYNC_INTERVAL_SECONDS", default=300)
SYNC_WINDOW_PAST_DAYS = env.int("SYNC_WINDOW_PAST_DAYS", default=35)
BOOKING_HORIZON_DAYS = env.int("BOOKING_HORIZON_DAYS", default=400)
FRESHNESS_DEADLINE_SECONDS = env.float("FRESHNESS_DEADLINE_SECONDS", default=4)
TRUST_MINUTES = env.int("TRUST_MINUTES", default=15)
STALE_POLICY = env.str("STALE_POLICY", default="pending")
AFTER_SYNC = env.str("AFTER_SYNC", default="bookings.tasks.after_sync")
WAITING_FOR_SYNC = "bookings.tasks.waiting_for_sync"
DEACTIVATED_WITH_PUSHES = "bookings.push.outbox.deactivated_with_pushes"
DIFFERING_BOOKINGS = "bookings.push.outbox.differing_bookings"
HOLD_MINUTES = env.int("HOLD_MINUTES", default=10)
HOLDS_PER_VISITOR = env.int("HOLDS_PER_VISITOR", default=2)
BOOKING_RATE = env.int("BOOKING_RATE", default=10)
CLIENT_RETENTION_MONTHS = env.int("CLIENT_RETENTION_MONTHS", default=12)
ERASED_LOG = HOME / "data" / "erased.log"  # apart from the database, so that it survives a restored backup
BACKUP_KEY = env.str("BACKUP_KEY", default="")  # only the commands backup and restore need it
CALENDAR_LIMIT_CHANGED = "bookings.push.placements.reword_above"
PRIVACY_FACTS = "bookings.privacy.privacy_facts"  # who gets data of clients, for the draft of the privacy notice

# The demo serves the pretend iPhone beside Kalends and signs in with one click; never set in a deployment.
DEMO = env.bool("DEMO", default=False)
DEMO_FRAME_ANCESTOR = env.str("DEMO_FRAME_ANCESTOR", default="")
DEMO_APPLE_URL = env.str("DEMO_APPLE_URL", default="")

LOG_FORMAT = env.one_of("LOG_FORMAT", FORMATS)
SENTRY_DSN = env.str("SENTRY_DSN", default="").strip()
METRICS_TOKEN = env.str("METRICS_TOKEN", default="").strip()
METRICS_WRITE_SECONDS = 10  # how often each process writes what it measured; see operations.metrics

# --- Django ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.ChecksConfig",
    "practice.apps.PracticeConfig",
    "connections.apps.ConnectionsConfig",
    "availability.apps.AvailabilityConfig",
    "bookings.apps.BookingsConfig",
    "operations.apps.OperationsConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "config.apps.SupportConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_q",
    "csp",
]
if DEMO:
    INSTALLED_APPS.append("sandbox.apps.SandboxConfig")

MIDDLEWARE = [
    "config.logs.middleware.RequestLogMiddleware",  # around everything that is measured
    "csp.middleware.CSPMiddleware",  # first, so that static files and error pages have the policy too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "practice.language.StaffLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FILES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bookings.context_processors.notices",
            ],
        },
    },
]

# ATOMIC_REQUESTS stays off: a request may ask iCloud, and no network request happens inside a transaction.
# A connection serves a minute of requests: opening one costs as much as several queries, on PostgreSQL as a short page.
DATABASES = {
    "default": {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    | env.db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'data' / 'kalends.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so that two of them cannot both read and then
    # both write; WAL lets pages be read meanwhile. What is deleted is overwritten in the file.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
    }

AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = ["practice.sign_in.permissions.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "week:page"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds that a link to set a new password works
CSRF_FAILURE_VIEW = "practice.sign_in.expired_session.csrf_failure"

# Accounts and second factors are django-allauth's. Its rate limits are off: practice.sign_in has the one rule for all.
ACCOUNT_ADAPTER = "practice.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "practice.sign_in.forms.SignInForm",
    "change_password": "practice.sign_in.forms.NewPasswordForm",
    "reset_password_from_key": "practice.sign_in.forms.PasswordFromLinkForm",
    "reauthenticate": "practice.sign_in.forms.ConfirmPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}  # practice.sign_in.names finds it for an e-mail address
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address counts once it was confirmed (practice.account.email_change)
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "practice.sign_in.reset_tokens.ResetTokens"  # noqa: S105
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "practice.second_factor.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "practice.second_factor.forms.SignInCodeForm",
    "reauthenticate": "practice.second_factor.forms.ConfirmCodeForm",
    "activate_totp": "practice.second_factor.forms.AppForm",
    "add_webauthn": "practice.second_factor.forms.NewPasskeyForm",
    "authenticate_webauthn": "practice.second_factor.forms.SignInPasskeyForm",
    "login_webauthn": "practice.second_factor.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "practice.second_factor.forms.ConfirmPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # owners enter the addresses of those who work here
MFA_TOTP_TOLERANCE = 1  # clocks of phones may be half a minute off
MFA_RATE_LIMITS = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # practice.language says who reads which
LOCALE_PATHS = [FILES / "locale"]
FORMAT_MODULE_PATH = "config.formats"  # how dates and times are written, everywhere that people read
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "staticfiles"
STATICFILES_DIRS = [FILES / "static"]
MEDIA_ROOT = HOME / "data" / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.storage.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = True  # what was not collected is served from where it lies

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # somebody may be waiting; what could not be sent is sent later
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Kalends <kalends@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Security --------------------------------------------------------------------------------------

_HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False  # the reverse proxy does that
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
# Framing is governed by the policy below, which can name the demo's page; X-Frame-Options cannot.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [DEMO_FRAME_ANCESTOR] if DEMO and DEMO_FRAME_ANCESTOR else [NONE],
    },
}

# --- Background work -------------------------------------------------------------------------------

TASK_TIMEOUT_SECONDS = 120
LEASE_SECONDS = TASK_TIMEOUT_SECONDS + 20  # a lease outlives the task that may be killed at its time limit
MAIL_LEASE_SECONDS = 5 * 60  # longer than sending a mail may take; one that could not be sent is tried again then
UNDO_SECONDS = 30 if DEMO else 10 * 60  # so long a move that the iPhone made can be undone; then its client is told
WORKERS = env.int("WORKERS", default=2)
Q_CLUSTER = {
    "name": "kalends",
    "workers": WORKERS,
    "queue_limit": WORKERS,
    "timeout": TASK_TIMEOUT_SECONDS,
    "retry": 2 * TASK_TIMEOUT_SECONDS + 20,  # a task is never presented again while it may still run
    "max_attempts": 1,  # what failed is recorded on its row and comes back by the schedule
    "ack_failures": True,
    "bulk": 1,
    "catch_up": False,
    "poll": 0.5,
    "save_limit": 200,
    "label": gettext_lazy("Background tasks"),
}
if REDIS_URL := env.str("REDIS_URL", default=""):
    Q_CLUSTER["redis"] = REDIS_URL
else:
    Q_CLUSTER["orm"] = "default"

logging.captureWarnings(LOG_FORMAT == "json")  # or Python prints them as text
LOGGING = logging_settings(LOG_FORMAT, debug=DEBUG)
start_sentry(SENTRY_DSN, release=version())
