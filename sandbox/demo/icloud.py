"""The client of the sandbox's control, as the sandbox is another process of the demo."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings


class Refused(Exception):
    """The sandbox refused a command or does not answer; str() is the reason."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One Apple Account and the URLs of its pages. `passwords`: the number of app-specific passwords."""

    apple_id: str
    passwords: int
    week_url: str
    passwords_url: str

    @property
    def new_url(self) -> str:
        """The form for a new event."""
        return f"{self.week_url}new/"


@dataclass(frozen=True, slots=True)
class Apple:
    """The current state of the sandbox."""

    down: bool = False
    phones: dict[str, Phone] = field(default_factory=dict)  # by Apple ID


def look() -> Apple:
    """The current state. Raises Refused when the sandbox does not answer."""
    facts = _ask("control/", None)
    phones = [
        Phone(
            account["apple_id"],
            len(account["app_passwords"]),
            f"{settings.DEMO_APPLE_URL}iphone/{account['dsid']}/",
            f"{settings.DEMO_APPLE_URL}account/{account['dsid']}/",
        )
        for account in facts["accounts"]
    ]
    return Apple(facts["down"], {phone.apple_id: phone for phone in phones})


def say(verb: str, **facts: Any) -> dict[str, Any]:
    """Execute a command of the control, such as `say("down", on=True)`. Raises Refused."""
    return _ask(f"control/{verb}", facts)


def _ask(path: str, facts: dict[str, Any] | None) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - on loopback
        settings.DEMO_APPLE_URL + path,
        data=None if facts is None else json.dumps(facts).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error).get("error", str(error))) from error
    except OSError as error:
        raise Refused(str(error)) from error
