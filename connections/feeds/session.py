"""A feed as the sync reads an account: a home with one calendar in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self

from connections.dav.errors import NotFound
from connections.dav.urls import Credentials, host_of, path_of
from connections.dav.values import Changes, Fetched, Home, HomeListing, RemoteCalendar, Resource
from connections.feeds.client import FeedClient, validators_of
from connections.feeds.file import FeedFile, read_feed

PATH = "/"  # of the home and of the one calendar in it
NO_VALIDATORS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came, and the validators of that answer ("etag", "modified"), as far as the server gave them."""

    file: FeedFile
    validators: Mapping[str, str]


class FeedSession:
    """One feed at its address. A context manager with the reading methods of `dav.Session`, and the same errors.

    Each answer with a file is kept, and what is asked of the calendar comes from it; the file is asked for again only
    where there is none, which is after a 304. ``validators`` are those of the file that is known ("etag", "modified"):
    to be stored with the digest, and passed on in the next Credentials. ``refresh_seconds`` is how often the file wants
    to be asked for, None if none was received. ``received`` is the last file, None if none came; given at the
    start it is what came over an earlier session.
    """

    def __init__(
        self,
        account: Credentials,
        *,
        timeout: float = 30,
        deadline: float | None = None,
        received: Received | None = None,
    ) -> None:
        self._client = FeedClient(account, timeout=timeout, deadline=deadline)
        self._known = dict(account.validators)
        self.received = received
        self.data = b""  # the last file as it came over this session

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give up what the requests needed."""
        self._client.close()

    def interrupt(self) -> None:
        """Let the request fail that is under way in another thread."""
        self._client.interrupt()

    @property
    def validators(self) -> dict[str, str]:
        """Those of the last file."""
        return dict(self.received.validators) if self.received else self._known

    @property
    def refresh_seconds(self) -> int | None:
        """How often the last file wants to be asked for."""
        return self.received.file.refresh_seconds if self.received else None

    @property
    def origin(self) -> str:
        """The scheme://host:port that answered last."""
        return self._client.origin

    @property
    def requests(self) -> int:
        """The number of HTTP requests sent so far."""
        return self._client.requests

    @property
    def status(self) -> int | None:
        """The HTTP status of the last answer, None if there was none."""
        return self._client.status

    @property
    def answers(self) -> dict[str, int]:
        """How many answers came so far by method and status, such as "GET 304"; the status is "none" for none."""
        return dict(self._client.answers)

    @contextmanager
    def lent(self) -> Iterator[FeedSession]:
        """A context with this session: what is read of the file needs no connection, so threads can share it."""
        yield self

    def discover(self) -> Home:
        """The home, which is known without asking. A feed has no principal, and nobody is invited by it."""
        return Home(PATH, PATH, frozenset())

    def calendars(self, home: str) -> list[RemoteCalendar]:
        """The one calendar."""
        return self.home_listing(home).calendars

    def home_listing(self, home: str, known: str = "") -> HomeListing:
        """Ask for the file. `same` if it says what the one with the digest `known` said.

        A calendar whose file has no name is called by its host.

        The request is conditional if `known` is given and the account has validators, which must be those of that file.
        Raises NotCalDav and BrokenFile too for what is no calendar file or ends in the middle.
        """
        file = self._ask(self._validators_of(known))
        if file is None or file.digest == known:
            return HomeListing([], known, same=True)
        name = file.name or host_of(self._client.entry)
        found = RemoteCalendar(PATH, name, file.color, writable=False, shared=False, token=file.digest)
        return HomeListing([found], file.digest)

    def _validators_of(self, known: str) -> Mapping[str, str]:
        """The validators of the file with this digest; none if that is not the last one."""
        if self.received and self.received.file.digest != known:
            return {}
        return self.validators if known else {}

    def _ask(self, validators: Mapping[str, str] = NO_VALIDATORS) -> FeedFile | None:
        """The file as the server has it now, None if it is still the one with these validators."""
        answer = self._client.get(validators)
        if answer.status == 304:
            return None
        self.received, self.data = Received(read_feed(answer.body), validators_of(answer)), answer.body
        return self.received.file

    def _read(self) -> FeedFile:
        """The file that was received, or is received now."""
        file = self.received.file if self.received else self._ask()
        assert file is not None, "304 is an error without conditions"  # noqa: S101 - for mypy
        return file

    def listing(self, path: str) -> Changes:
        """All events in the file. The token is its digest."""
        file = self._read()
        return Changes(dict(file.etags), frozenset(), file.digest, complete=True)

    def changes(self, path: str, token: str) -> Changes:
        """As `listing`: a file does not tell what changed in it."""
        return self.listing(path)

    def fetch(self, path: str, hrefs: Sequence[str]) -> Fetched:
        """The named events of the file, without a request if it was received."""
        file = self._read()
        wanted = list(dict.fromkeys(path_of(href) for href in hrefs))
        found = {href: _resource(file, href) for href in wanted if href in file.pieces}
        return Fetched(found, frozenset(wanted) - found.keys())

    def fetch_at_once(self, path: str, hrefs: Sequence[str]) -> Fetched:
        """As `fetch`."""
        return self.fetch(path, hrefs)

    def between(self, path: str, start: datetime, end: datetime) -> list[Resource]:
        """All events of the file: whether one touches the span only shows when it is read."""
        file = self._read()
        return [_resource(file, href) for href in file.pieces]

    def get(self, href: str) -> Resource:
        """One event of the file. Raises NotFound."""
        found = self.fetch(PATH, [href]).found
        if path_of(href) not in found:
            raise NotFound("the file has no such event")
        return found[path_of(href)]

    def exists(self, path: str) -> bool:
        """True: that the file is gone shows when it is asked for."""
        return True


def _resource(file: FeedFile, href: str) -> Resource:
    return Resource(href, file.etags[href], file.pieces[href].data)
