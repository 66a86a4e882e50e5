"""Opening the wire to an account, whatever it speaks: CalDAV, or a file at a web address."""

from __future__ import annotations

from connections import dav
from connections.dav.values import ReadingSession
from connections.feeds import FeedSession, Received
from connections.providers import ICS


def reading_session(
    account: dav.Credentials, *, deadline: float | None = None, kept: bool = False, received: Received | None = None
) -> ReadingSession:
    """A session that reads the account; a context manager. `deadline` and `kept` are those of `dav.Session`.

    `received`: the file of a feed that was asked for just now, so that nothing is asked for again.
    """
    if account.provider == ICS:
        return FeedSession(account, deadline=deadline, received=received)
    return dav.Session(account, deadline=deadline, kept=kept)


def received_by(session: ReadingSession) -> Received | None:
    """The file that came over this session; None if none did, as after a 304, and where it is no feed."""
    return session.received if isinstance(session, FeedSession) else None
