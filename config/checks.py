"""System checks that stop a deployment which would be unsafe or not do what its settings say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from config.environment import SQLITE
from connections.dav import is_loopback, parse_private_hosts
from practice.client_address import has_undeclared_proxy, parse_proxies
from practice.profile.mailing import sends_mail

STALE_POLICIES = ("pending", "no_openings", "trust")
MIN_SECRET_LENGTH = 32  # characters of a secret
LIMITS: dict[str, tuple[float, float]] = {  # smallest and largest value
    "SYNC_INTERVAL_SECONDS": (1, 86400),
    "SYNC_WINDOW_PAST_DAYS": (0, 3660),
    "BOOKING_HORIZON_DAYS": (1, 3660),
    "FRESHNESS_DEADLINE_SECONDS": (0.1, 60),
    "TRUST_MINUTES": (0, 525600),
    "HOLD_MINUTES": (1, 30),
    "HOLDS_PER_VISITOR": (1, 100),
    "BOOKING_RATE": (1, 10000),
    "CLIENT_RETENTION_MONTHS": (1, 1200),
    "WORKERS": (1, 100),
}
BROKERS = ("redis", "rediss", "unix")


def _error(number: int, words: str, hint: str) -> Error:
    return Error(words, hint=hint, id=f"kalends.E{number:03}")


@register()
def check_secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A deployment needs its own secrets, and nobody must be able to guess them."""
    if settings.DEBUG:
        return []
    problems: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.DEVELOPMENT_SECRET:
        problems.append(_error(1, _("SECRET_KEY is not set."), _secret("SECRET_KEY")))
    elif _guessable(settings.SECRET_KEY):
        problems.append(_error(6, _("SECRET_KEY is too easily guessed."), _secret("SECRET_KEY")))
    keys = settings.FERNET_KEYS
    if not any(keys) or settings.DEVELOPMENT_SECRET in keys:
        words = _("FERNET_KEYS is not set: app-specific passwords could not be encrypted.")
        problems.append(_error(2, words, _secret("FERNET_KEYS")))
    elif "" in keys:
        problems.append(_error(2, _("FERNET_KEYS has an empty key."), _("Remove the superfluous comma.")))
    elif _guessable(keys[0]):  # those after it only decrypt what was encrypted once
        problems.append(_error(7, _("The first of FERNET_KEYS is too easily guessed."), _secret("FERNET_KEYS")))
    return problems


def _guessable(secret: str) -> bool:
    return len(secret) < MIN_SECRET_LENGTH or len(set(secret)) < 5 or secret.startswith("django-insecure-")


def _secret(name: str) -> str:
    return _(
        "Set %(name)s in the environment to a long random text, for example the output of: openssl rand -base64 48."
    ) % {"name": name}


@register()
def check_metrics_token(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Nobody can guess what opens the figures; without a token, other machines cannot read them."""
    if not settings.METRICS_TOKEN or not _guessable(settings.METRICS_TOKEN):
        return []
    return [_error(15, _("METRICS_TOKEN is too easily guessed."), _secret("METRICS_TOKEN"))]


@register()
def check_values(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Values outside their range are refused, not guessed."""
    problems: list[CheckMessage] = []
    if settings.STALE_POLICY not in STALE_POLICIES:
        hint = _("Set it to one of: %(values)s.") % {"values": ", ".join(STALE_POLICIES)}
        problems.append(_error(3, _("STALE_POLICY is %(value)s.") % {"value": repr(settings.STALE_POLICY)}, hint))
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(settings, name) <= most:
            words = {"name": name, "least": least, "most": most}
            hint = _("Set %(name)s to a number from %(least)s to %(most)s, or leave it out.") % words
            problems.append(_error(4, _("%(name)s is out of its range.") % words, hint))
    if not _names_a_function(settings.PRIVACY_FACTS):
        problems.append(_error(13, _("PRIVACY_FACTS is not the dotted name of a function."), _("Leave it as it was.")))
    if not _names_a_function(settings.CALENDAR_LIMIT_CHANGED):
        problems.append(
            _error(14, _("CALENDAR_LIMIT_CHANGED is not the dotted name of a function."), _("Leave it as it was."))
        )
    if not _names_a_function(settings.AFTER_SYNC):
        problems.append(_error(8, _("AFTER_SYNC is not the dotted name of a function."), _("Leave it out.")))
    return problems


def _names_a_function(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False


@register()
def check_addresses(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Addresses must work, and no password may be sent unencrypted.

    Messages never repeat an address, because it may contain a password.
    """
    problems: list[CheckMessage] = []
    base = _parts(settings.BASE_URL)
    if base is None or base.path or base.query or base.fragment:
        hint = _("Set BASE_URL to something like https://book.example.com, without a path.")
        problems.append(_error(5, _("BASE_URL is not the address of a site."), hint))
    icloud = _parts(settings.ICLOUD_CALDAV_URL)
    if icloud is None:
        hint = _("Set ICLOUD_CALDAV_URL to something like https://caldav.icloud.com/, or leave it out.")
        problems.append(_error(5, _("ICLOUD_CALDAV_URL is not the address of a server."), hint))
    elif icloud.scheme == "http" and not is_loopback(icloud.hostname or ""):
        words = _("With ICLOUD_CALDAV_URL passwords would be sent unencrypted.")
        problems.append(_error(9, words, _("Let it begin with https://, or leave it out.")))
    if settings.REDIS_URL and urlsplit(settings.REDIS_URL).scheme not in BROKERS:
        hint = _("Set REDIS_URL to something like redis://127.0.0.1:6379/0, or leave it out.")
        problems.append(_error(10, _("REDIS_URL is not the address of a Redis."), hint))
    return problems


@register()
def check_development_modes(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Neither error pages with settings in them nor a sign-in without password are served to others."""
    base = _parts(settings.BASE_URL)
    if base is None or is_loopback(base.hostname or ""):
        return []
    return [
        _error(
            12,
            _("%(name)s is on, but BASE_URL is not on this machine.") % {"name": name},
            _("Set %(name)s to false, or leave it out.") % {"name": name},
        )
        for name in ("DEBUG", "DEMO")
        if getattr(settings, name)
    ]


@register()
def check_permissions(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Other users of the machine can read neither the secrets nor the database."""
    if settings.DEBUG:
        return []
    files = [settings.HOME / ".env", Path(settings.ERASED_LOG)]
    if settings.DATABASES["default"]["ENGINE"] == SQLITE:
        files.append(Path(settings.DATABASES["default"]["NAME"]))
    return [
        CheckMessage(
            WARNING,
            _("Other users can read %(file)s.") % {"file": file},
            hint=_("Run: %(command)s") % {"command": f"chmod 600 {shlex.quote(str(file))}"},
            id="kalends.W003",
        )
        for file in files
        if _is_open_to_others(file)
    ]


def _is_open_to_others(file: Path) -> bool:
    return file.is_file() and bool(file.stat().st_mode & 0o077)


@register()
def check_proxies(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A proxy is declared by its address or network."""
    try:
        parse_proxies(settings.TRUSTED_PROXIES)
    except ValueError:
        hint = _("Set it to addresses or networks with commas between them, such as 127.0.0.1,10.0.0.0/8.")
        return [_error(11, _("TRUSTED_PROXIES has something that is no address."), hint)]
    return []


@register()
def check_private_hosts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A host in a private network is allowed by its name, its address or its network."""
    try:
        parse_private_hosts(settings.ALLOWED_PRIVATE_HOSTS)
    except ValueError:
        hint = _(
            "Set it to host names, addresses or networks with commas between them, without https:// and ports, such as "
            "cloud.home.arpa,10.0.0.5."
        )
        return [_error(16, _("ALLOWED_PRIVATE_HOSTS has something that is neither a host nor an address."), hint)]
    return []


@register(deploy=True)
def check_mail(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """E-mails must reach somebody."""
    if sends_mail():
        return []
    words = _("EMAIL_URL only prints or keeps e-mails: neither clients nor staff receive any.")
    hint = _("Set EMAIL_URL to a mail server, such as smtp+tls://user:password@mail.example.com:587.")
    return [CheckMessage(WARNING, words, hint=hint, id="kalends.W004")]


@register(deploy=True)
def check_undeclared_proxy(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Behind a proxy that was not declared, nobody's address is known."""
    if not has_undeclared_proxy():
        return []
    words = _("BASE_URL begins with https://, but TRUSTED_PROXIES is empty: limits by address are off.")
    hint = _("Set TRUSTED_PROXIES to the address from which the reverse proxy reaches Kalends, such as 127.0.0.1.")
    return [CheckMessage(WARNING, words, hint=hint, id="kalends.W002")]


def _parts(address: str) -> SplitResult | None:
    """The parts of a web address; None if it is none, names a user, or has an invalid port."""
    try:
        parts = urlsplit(address)
        broken = parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.port == 0
    except ValueError:
        return None
    return None if broken else parts


@register(deploy=True)
def check_static_files(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Browsers can cache styles and scripts for ever only if they were collected."""
    if settings.DEBUG or (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return []
    return [
        CheckMessage(
            WARNING,
            _("The static files were not collected, so browsers ask for each of them again and again."),
            hint=_("Run: %(command)s") % {"command": "kalends collectstatic --noinput"},
            id="kalends.W001",
        )
    ]
