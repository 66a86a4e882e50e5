"""All data of the pretend iCloud: accounts and their calendars, with a clock and a lock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar
from sandbox.server.store.clock import Clock
from sandbox.server.store.contents import Contents
from sandbox.server.store.layout import Layout
from sandbox.server.store.storage import FileStorage, Storage

FIRST_DSID = 10_000_001
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Store:
    """The data in memory, and with `path` also in that directory, from which the next start loads it."""

    def __init__(self, path: Path | None = None, clock: Clock | None = None, layout: Layout | None = None) -> None:
        self.lock = RLock()
        self.layout = layout or Layout()
        self.clock = clock or Clock()
        self.storage = FileStorage(path / "icloud.sqlite3") if path else Storage()
        self.accounts: dict[str, Account] = {}
        self.contents: dict[int, Contents] = {}
        self._last_etag = 0
        self._load()

    def add_account(
        self,
        apple_id: str,
        *,
        name: str = "",
        addresses: Sequence[str] = (),
        zone: str = "Europe/Berlin",
        reminders: bool = True,
    ) -> Account:
        """A new account without a calendar of events. Raises ValueError when the Apple ID exists."""
        with self.lock:
            if self.account(apple_id):
                raise ValueError(f"there is an account {apple_id} already")
            dsid = str(FIRST_DSID + len(self.accounts))
            account = Account(self, dsid, apple_id, name=name, addresses=list(addresses), zone=zone)
            self.accounts[dsid] = account
            account.save()
            if reminders:
                account.add_calendar("Reminders", "#CC73E1FF", "tasks", components=("VTODO",))
            return account

    def account(self, apple_id: str) -> Account | None:
        """The account of an Apple ID, whatever its case."""
        wanted = apple_id.casefold()
        return next((one for one in self.accounts.values() if one.apple_id.casefold() == wanted), None)

    def new_contents(self) -> Contents:
        """Empty contents for a new calendar."""
        with self.lock:
            serial = max(self.contents, default=0) + 1
            self.contents[serial] = Contents(self, serial)
            return self.contents[serial]

    def guests_of(self, calendar: Calendar) -> list[Calendar]:
        """The calendars of other homes with the same contents."""
        everywhere = (one for account in self.accounts.values() for one in account.calendars.values())
        return [one for one in everywhere if one.contents is calendar.contents and one is not calendar]

    def new_etag(self) -> str:
        """A new ETag: the time in milliseconds in base 36, never the same twice."""
        milliseconds = int(self.clock.now().timestamp() * 1000)
        self._last_etag = max(self._last_etag + 1, milliseconds)
        return f'"{_base36(self._last_etag)}"'

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.storage.close()

    def _load(self) -> None:
        for serial, facts, _ in self.storage.rows("contents"):
            self.contents[int(serial)] = Contents(self, int(serial), **facts)
        for key, facts, data in self.storage.rows("member"):
            serial, name = key.split("/", 1)
            self.contents[int(serial)].restore(name, facts, data)
        for dsid, facts, _ in self.storage.rows("account"):
            self.accounts[dsid] = Account(self, dsid, facts.pop("apple_id"), **facts)
        calendars = sorted(self.storage.rows("calendar"), key=lambda thing: thing[1]["contents"])
        for path, facts, _ in calendars:
            self._load_calendar(self.accounts[path.split("/")[1]], **facts)

    def _load_calendar(self, account: Account, *, id: str, contents: int, **facts: Any) -> None:  # noqa: A002
        loaded = self.contents.setdefault(contents, Contents(self, contents))
        account.calendars[id] = Calendar(account, id, loaded, **facts)


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
