"""Where a server keeps principals and calendars, and what its app passwords look like."""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass
from typing import Protocol


class Named(Protocol):
    """What the paths of an account are made from."""

    dsid: str
    apple_id: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of a server. `principal` and `home` are templates with the `{dsid}` or the `{login}` of an account.

    `roots` are the collections that name the principal; the first of them is the one to which `well_known` redirects.
    `prefix`: what lies outside it belongs to no calendar. `owner` finds the account in a path. `boxes` are the
    collections beside the calendars, the scheduling inbox and outbox first. An app password is of words of these sizes,
    joined by dashes.
    """

    prefix: str = "/"
    well_known: str = "/.well-known/caldav"
    roots: tuple[str, ...] = ("/",)
    principal: str = "/{dsid}/principal/"
    short_principal: str = "/principal/"
    home: str = "/{dsid}/calendars/"
    owner: str = r"/(\d+)/"
    boxes: tuple[str, ...] = ("inbox", "outbox", "notification")
    word_sizes: tuple[int, ...] = (4, 4, 4, 4)
    word_letters: str = string.ascii_lowercase

    def principal_of(self, account: Named) -> str:
        """The path of the account's principal."""
        return self.principal.format(dsid=account.dsid, login=account.apple_id)

    def home_of(self, account: Named) -> str:
        """The path of the collection that holds the account's calendars."""
        return self.home.format(dsid=account.dsid, login=account.apple_id)

    def owner_in(self, path: str) -> str:
        """The number or login of the account to which a path belongs, or nothing."""
        found = re.match(self.owner, path)
        return found[1] if found else ""

    def new_app_password(self) -> str:
        """A new app password, its groups joined by dashes."""
        return "-".join(random_text(size, self.word_letters) for size in self.word_sizes)


def random_text(size: int, letters: str = string.ascii_lowercase) -> str:
    """So many of these letters, at random."""
    return "".join(secrets.choice(letters) for _ in range(size))
