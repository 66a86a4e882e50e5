"""What a mail to a client says, as plain values. The name of the client and what they wrote are not among them, because
whoever books may have typed somebody else's address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFacts:
    """The practice as clients know it; what is empty is left out. `colour` is `#rrggbb`."""

    name: str
    phone: str = ""
    address: str = ""
    colour: str = ""
    logo_url: str = ""
    imprint_url: str = ""
    privacy_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A time that a client may choose instead; `other_staff` is with whom, if not with the same person.

    `link` opens the page that asks whether to take it; `staff` is what its query says of the person.
    """

    start: datetime
    link: str
    staff: str = ""
    other_staff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentFacts:
    """One client's appointment at the moment `written_at`.

    `zone` is that of the clock the client reads: the place's or, for phone and video, their own. `place` says where in
    the client's language, `call_link` opens a video call; the client is called if `is_by_phone`. `link` is the client's
    page, `book_link` books again. `reschedule_until` and `cancel_until` are the last moments to do so online, None if
    it is not possible. `service` is empty unless its name may stand in mails; `note` is the service's line for mails.
    """

    practice: PracticeFacts
    language: str
    zone: ZoneInfo
    written_at: datetime
    start: datetime
    end: datetime
    link: str
    staff: str = ""
    place: str = ""
    call_link: str = ""
    is_by_phone: bool = False
    service: str = ""
    note: str = ""
    book_link: str = ""
    reschedule_until: datetime | None = None
    cancel_until: datetime | None = None

    @property
    def reschedule_link(self) -> str:
        """Where the client chooses another time."""
        return f"{self.link}reschedule/"
