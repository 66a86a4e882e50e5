"""What can go wrong, once: a code with parameters in the tables, a sentence that says what to do on the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from connections import dav
from connections.providers import UNNAMED_SERVER, ProviderWords

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Handling(StrEnum):
    """What is done about an error."""

    ASK_PERSON = "ask_person"  # nothing else helps; polling stops
    RETRY = "retry"  # after a pause
    SKIP = "skip"  # this calendar or event only; the rest goes on
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Problem:
    """A code with parameters, as stored; never a secret in it. `words`: those of the provider it is said of."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    words: ProviderWords = field(default=UNNAMED_SERVER, compare=False, repr=False)

    @property
    def sentence(self) -> str:
        return sentence(self.code, self.params, words=self.words)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an error means: what is done about it, what is said, and how many seconds to wait at least."""

    handling: Handling
    problem: Problem
    retry_after: float | None = None


SENTENCES: dict[str, StrPromise] = {
    "unauthorized": _("%(provider)s no longer accepts the password of %(username)s. Make a new one and reconnect."),
    "password_unreadable": _(
        "The stored password cannot be read with the FERNET_KEYS of this server. Put the old key back and sync, or "
        "reconnect with a new password."
    ),
    "not_accepted": _("Not accepted. Check the user name and the password."),
    "no_password": _("Enter the password: without one nothing was sent."),
    "unencrypted": _(
        "The password would cross the network unencrypted, so nothing was sent. Let the address begin with https://; a "
        "server in your own network needs that too."
    ),
    "downgraded": _(
        "%(host)s led from https:// to http://, so nothing was sent there. Let whoever runs that server correct its "
        "address in its settings."
    ),
    "untrusted": _(
        "%(host)s has a certificate that Kalends does not trust, so nothing was sent. Check the address. If the "
        "certificate is from an authority of your own, whoever runs Kalends can add that to those of its machine."
    ),
    "user_info": _(
        "The address has a user name before its @, so nothing was sent. Leave that out of the address; the user name "
        "and the password have fields of their own."
    ),
    "link_local": _("There is no calendar server at a link-local address, so nothing was sent. Correct the address."),
    "private_address": _(
        "%(host)s leads into a private network, so nothing was sent. If that is intended, whoever runs Kalends can "
        "name this host in ALLOWED_PRIVATE_HOSTS. In a network the server also needs https."
    ),
    "special_address": _("%(host)s leads to an address that no server has, so nothing was sent. Correct the address."),
    "leads_elsewhere": _(
        "This address leads to %(host)s, so nothing was sent there. If that is your provider, enter that address."
    ),
    "apple_address": _("This is an address at Apple, so nothing was looked up. Connect it as iCloud instead."),
    "not_an_email": _(
        "The user name is an e-mail address, like anna@example.com. Check what is missing; nothing was sent."
    ),
    "no_address": _("Enter the address of the server, like https://cloud.example.org."),
    "not_app_password": _(
        "This does not look like an app-specific password, so it was not sent. It has four groups of four letters, "
        "like abcd-efgh-ijkl-mnop. Your normal Apple password does not work here."
    ),
    # Where a calendar is added by its web address
    "own_feed": _("These bookings block already: the address is that of this Kalends. Nothing was added."),
    "feed_connected": _("This calendar is added already. Choose another address, or disconnect one of the two."),
    "feed_locked": _(
        "The address asks for a password, which Kalends does not send. Publish the calendar, and enter the address "
        "that needs none."
    ),
    "feed_missing": _("There is nothing at this address (404). Copy it again from where the calendar is published."),
    "not_a_feed": _(
        "At this address there is a web page and no calendar file. Look for Subscribe or iCal on that page, and copy "
        "the address of that link."
    ),
    "feed_too_large": _(
        "The file is larger than 32 MB or has more than 50,000 events, so nothing was added. Ask whoever publishes it "
        "for one without old events."
    ),
    "feed_broken": _(
        "The calendar file ends in the middle, so nothing of it was taken. Try again; if this stays, tell whoever "
        "publishes it."
    ),
    "feed_stranger": _(
        "The address leads on to %(host)s, and nothing was asked there. If you know that host, enter the address there."
    ),
    "too_long": _("The address is too long to be one. Copy it again."),
    "google_page": _(
        "This is a page of Google Calendar, not the calendar file. Copy the “Secret address in iCal format”; it is in "
        "the settings of the calendar under “Integrate calendar”."
    ),
    "outlook_page": _("This is the HTML link of Outlook. Copy the ICS link that stands beside it."),
    "icloud_page": _(
        "This is a page of iCloud, not the calendar file. Calendars of an Apple Account are connected with “iCloud "
        "Calendar”; a public calendar has an address that begins with webcal://."
    ),
    "no_caldav": _("There is no calendar server at this address. Check the address."),
    "no_calendars": _("The account has no calendars for events. Make one there, then connect again."),
    "no_answer": _(
        "No answer came from this address, so nothing was changed. Check the address. If it is right, try again in a "
        "few minutes."
    ),
    "not_reached": _("The server does not answer just now, so nothing was changed. Try again in a few minutes."),
    "connecting_refused": _("The server refused it (%(status)s). Check the user name and the address."),
    "foreign_home": _(
        "The server led to %(host)s, which is not one of its own hosts, so nothing was sent there. Check the address."
    ),
    "other_paths": _(
        "The calendars have other paths at this address, so Kalends cannot tell that they are the same. Enter the "
        "address under which the paths stay, or disconnect and connect anew."
    ),
    "already_connected": _("You have connected this account at this address already."),
    "other_account": _("This password belongs to another account. Use one of the account that is connected here."),
    "foreign_host": _(
        "The server led to %(host)s, which is not one of its own hosts, so nothing was sent there. Kalends tries "
        "again. If this stays, check the address."
    ),
    "forbidden": _("The server does not allow reading this. Check on the device that the calendar is still shared."),
    "no_home": _("The server did not say where the calendars are. Kalends will try again."),
    "home_refused": _("The server refuses to list the calendars (%(status)s). Kalends tries again by itself."),
    "unavailable": _("%(provider)s does not answer just now. Kalends tries again by itself."),
    "throttled": _("%(provider)s asks Kalends to wait. It tries again by itself."),
    "not_caldav": _(
        "The answer was not a calendar listing (perhaps a sign-in page of a network). Kalends tries again."
    ),
    "too_large": _(
        "The answer was too large to read. Split the calendar, or delete old events with large attachments."
    ),
    "calendar_gone": _("This calendar is no longer in the account. Choose another, or untick it."),
    "calendar_missing": _("The account no longer lists this calendar. Until that is clear, its times stay blocked."),
    "calendar_not_found": _(
        "%(provider)s lists this calendar but says that it is not there. Its last known times stay blocked, and "
        "Kalends tries again by itself."
    ),
    "calendar_withdrawn": _(
        "This calendar is no longer shared with this account. Ask its owner, or untick it. Until then its last known "
        "times stay blocked."
    ),
    "mass_deletion_suspected": _(
        "%(provider)s suddenly listed far fewer events (%(removed)s of %(known)s gone). Nothing was removed; it is "
        "asked again shortly."
    ),
    "member_unread": ngettext_lazy(
        "%(count)s event is listed but could not be read yet. Kalends keeps trying; what is known of it stays.",
        "%(count)s events are listed but could not be read yet. Kalends keeps trying; what is known of them stays.",
        "count",
    ),
    "busy": _("Another sync of this account is still running. Try again in a moment."),
    "no_username": _("Enter the user name of the account."),
    "interrupted": _("The sync was interrupted and goes on at the next try."),
    "sync_interrupted": _(
        "The last sync was interrupted before it finished. What it had read is kept, and Kalends tries again by "
        "itself. If this stays, look in the calendars for an event that is very large or repeats very often."
    ),
    "conflict": _("The event was changed meanwhile. Kalends looks again."),
    "not_found": _("What was asked for is not there."),
    "server_refused": _("The server refused it (%(status)s)."),
    "read_only": _("The linked calendar became read-only. Choose another linked calendar."),
    "linked_gone": _("The linked calendar is gone. Choose another linked calendar."),
    "not_writable": _("This time is too far from today for a calendar. Choose another."),
    "restored": _(
        "Kalends was restored from a backup. Nothing is written to calendars until an owner has finished that."
    ),
    "uid_elsewhere": _("Another calendar of the account already holds this event. Kalends looks for it."),
    "bug": _("Something unexpected went wrong in Kalends (%(error)s). It was logged; it is tried again later."),
    # Problems of one event, as the reader names them
    "unreadable": _("This event could not be read completely. What could be read of its times blocks."),
    "too_many_overrides": _("This event has so many changed repetitions that each blocks as it stands."),
    "too_many_occurrences": _("This event repeats so often that the whole span blocks."),
    "read_interrupted": _(
        "Kalends was stopped while it read this event. It asks for it again later, at most once a day; what is known "
        "of it stays. Open it on the iPhone and save it, or delete it there."
    ),
    "zone_unknown": _("The time zone of this event is not known, so its times may be wrong by hours."),
    "no_times": _("This event has no readable times, so it cannot block anything. Open it on the iPhone and save it."),
}


_OF_CALENDAR = _("“%(calendar)s”: %(problem)s")


def sentence(code: str, params: Mapping[str, Any] | None = None, *, words: ProviderWords = UNNAMED_SERVER) -> str:
    """The translated sentence for a stored code; "" for none.

    `words` are those of the account's provider (`Connection.about` adds them). `params` name the `calendar`, if it is
    not plain which one is meant.
    """
    if not code:
        return ""
    given = defaultdict(lambda: "?", {"error": code, "provider": words.name, "count": 0, **(params or {})})
    text = (words.sentences.get(code) or SENTENCES.get(code, SENTENCES["bug"])) % given
    return _OF_CALENDAR % {"calendar": given["calendar"], "problem": text} if "calendar" in given else text


def classify(error: dav.DavError) -> Verdict:
    """What a wire error means for a whole account. One place for all of them."""
    for kind, verdict in _VERDICTS:
        if isinstance(error, kind):
            return verdict(error)
    return Verdict(Handling.RETRY, Problem("server_refused", {"status": error.status or "?"}))


def classify_account(error: dav.DavError, username: str) -> Verdict:
    """What an error means that ended the sync of an account: said of its home, not of one calendar."""
    if isinstance(error, dav.NoPassword):
        return classify(error)
    if isinstance(error, dav.Unauthorized):
        return Verdict(Handling.ASK_PERSON, Problem("unauthorized", {"username": username}))
    if isinstance(error, dav.NotFound):
        return Verdict(Handling.RETRY, Problem("no_home"))
    verdict = classify(error)
    if isinstance(error, dav.TooLarge) and error.status is None:  # an answer that came, and was longer than is read
        return Verdict(Handling.RETRY, verdict.problem)
    if verdict.handling is Handling.SKIP:
        return Verdict(Handling.RETRY, Problem("home_refused", {"status": error.status or "?"}))
    return verdict


def classify_connecting(error: dav.DavError, *, right_address: bool) -> Problem:
    """What an error means to a person who is just connecting an account: nothing is stored, nobody tries again.

    At the `right_address` an answer that is no calendar's comes from a network's sign-in page or an overloaded server.
    At another one no answer may mean that the address was mistyped.
    """
    if isinstance(error, dav.Unauthorized):
        return Problem("not_accepted")
    if isinstance(error, dav.ForeignHost):
        return Problem("foreign_home", {"host": error.host})
    if (code := _refusal_code(error)) is not None:
        return Problem(code, {"host": getattr(error, "host", "")})
    if isinstance(error, (dav.NotCalDav, dav.NotFound)):
        return Problem("not_reached" if right_address else "no_caldav")
    if isinstance(error, dav.Unavailable):
        return Problem("not_reached" if right_address or error.status else "no_answer")
    return Problem("connecting_refused", {"status": error.status or "?"})


def classify_feed(error: dav.DavError) -> Problem:
    """What an error means to a person who is just adding a calendar by its web address: nothing is stored."""
    if isinstance(error, dav.ForeignHost):
        return Problem("feed_stranger", {"host": error.host})
    if (code := _refusal_code(error)) is not None:
        return Problem(code, {"host": getattr(error, "host", "")})
    for kind, meant in _OF_ADDRESS:
        if isinstance(error, kind):
            return Problem(meant)
    return Problem("connecting_refused", {"status": error.status or "?"})


_OF_ADDRESS: tuple[tuple[type[dav.DavError], str], ...] = (
    (dav.Unauthorized, "feed_locked"),
    (dav.Forbidden, "feed_locked"),
    (dav.NotFound, "feed_missing"),
    (dav.BrokenFile, "feed_broken"),
    (dav.NotCalDav, "not_a_feed"),
    (dav.TooLarge, "feed_too_large"),
    (dav.Unavailable, "not_reached"),
)


def concerns_all(error: dav.DavError) -> bool:
    """Does an error met in one calendar mean that asking for the others is of no use?

    A 500, 501 or 507 is a server's trouble with this calendar; a gateway's, a pause asked for and silence are not.
    """
    if isinstance(error, dav.Unavailable):
        return error.status not in (500, 501, 507)
    return isinstance(error, (dav.Unauthorized, dav.ForeignHost, dav.RefusedAddress, dav.Unencrypted))


def _unavailable(error: dav.DavError) -> Verdict:
    code = "throttled" if error.status in (429, 503) else "unavailable"
    return Verdict(Handling.RETRY, Problem(code), getattr(error, "retry_after", None))


def _plain(handling: Handling, code: str) -> Callable[[dav.DavError], Verdict]:
    return lambda error: Verdict(handling, Problem(code))


def _of_host(code: str) -> Callable[[dav.DavError], Verdict]:
    return lambda error: Verdict(Handling.RETRY, Problem(code, {"host": getattr(error, "host", "")}))


# What is refused before anything is sent. A name server or the server itself may be put right, so it is tried again.
_REFUSALS: tuple[tuple[type[dav.DavError], str], ...] = (
    (dav.LinkLocal, "link_local"),
    (dav.PrivateAddress, "private_address"),
    (dav.SpecialAddress, "special_address"),
    (dav.Downgraded, "downgraded"),
    (dav.Unencrypted, "unencrypted"),
    (dav.LeadsElsewhere, "leads_elsewhere"),
    (dav.AppleAddress, "apple_address"),
    (dav.UserInfo, "user_info"),
    (dav.Untrusted, "untrusted"),
)


ADDRESS_PROBLEMS = frozenset({"no_caldav", "no_answer", "foreign_home", *(code for _kind, code in _REFUSALS)})
"""The codes of `classify_connecting` that concern the address that was typed."""


def _refusal_code(error: dav.DavError) -> str | None:
    return next((code for kind, code in _REFUSALS if isinstance(error, kind)), None)


_VERDICTS: tuple[tuple[type[dav.DavError], Callable[[dav.DavError], Verdict]], ...] = (
    (dav.NoPassword, _plain(Handling.ASK_PERSON, "password_unreadable")),
    (dav.Unauthorized, _plain(Handling.ASK_PERSON, "unauthorized")),
    (dav.ForeignHost, _of_host("foreign_host")),
    *((kind, _of_host(code)) for kind, code in _REFUSALS),
    (dav.Unavailable, _unavailable),
    (dav.BrokenFile, _plain(Handling.RETRY, "feed_broken")),
    (dav.NotCalDav, _plain(Handling.RETRY, "not_caldav")),
    (dav.TooLarge, _plain(Handling.SKIP, "too_large")),
    (dav.Forbidden, lambda error: Verdict(Handling.SKIP, Problem("forbidden"))),
    (dav.NotFound, _plain(Handling.SKIP, "not_found")),
    (dav.TokenExpired, _plain(Handling.RETRY, "interrupted")),
    (dav.Conflict, _plain(Handling.SKIP, "conflict")),
)
