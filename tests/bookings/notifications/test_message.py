"""The mail on the wire: its parts, its headers, and that text and HTML say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from smtplib import SMTPRecipientsRefused

import icalendar
import pytest
from lxml import html

from bookings.notifications import client_mails
from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry, mail_part
from bookings.notifications.message import Envelope, as_html, attach_entries, build_message
from practice.mails.content import Content, Heading, Run, fact_list, paragraph, strong
from practice.mails.html import DEFAULT_COLOUR, ink_on
from tests.bookings.notifications.appointments import FACTS, WINTER
from tests.bookings.notifications.entries import CLIENT, ENTRY, PRACTICE

ENVELOPE = Envelope(message_id="<1.abc@kalends.example>", sender=PRACTICE, recipient=CLIENT)
CONTENT = client_mails.confirmation(FACTS)
ODD = '<script>alert("x")</script> & \u202eevil\u202c 😀'


def on_the_wire(
    envelope: Envelope = ENVELOPE, entry: CalendarEntry | None = ENTRY, content: Content = CONTENT
) -> EmailMessage:
    """The mail as a mail program reads it."""
    data = build_message(content, envelope, WINTER, entry).message().as_bytes(linesep="\r\n")
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def with_files(*entries: CalendarEntry) -> EmailMessage:
    """A mail about several appointments, as a mail program reads it."""
    built = build_message(CONTENT, ENVELOPE, WINTER)
    attach_entries(built, entries)
    message = message_from_bytes(built.message().as_bytes(linesep="\r\n"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def types(message: EmailMessage) -> list[str]:
    return [str(part["Content-Type"]) for part in message.iter_parts()]


def test_the_calendar_part_comes_last_and_is_no_attachment() -> None:
    message = on_the_wire()
    assert message.get_content_type() == "multipart/alternative"
    assert types(message) == [
        'text/plain; charset="utf-8"',
        'text/html; charset="utf-8"',
        'text/calendar; method="REQUEST"; charset="utf-8"',
    ]
    assert [part["Content-Disposition"] for part in message.iter_parts()] == [None] * 3


def test_the_calendar_part_arrives_as_it_was_built() -> None:
    parts = list(on_the_wire().iter_parts())
    payload = parts[-1].get_payload(decode=True)
    assert payload == (mail_part(ENTRY) or "").encode()


def test_a_cancellation_says_so_in_the_content_type() -> None:
    message = on_the_wire(entry=replace(ENTRY, sequence=1, is_cancelled=True))
    assert types(message)[-1] == 'text/calendar; method="CANCEL"; charset="utf-8"'


@pytest.mark.parametrize("entry", [None, replace(ENTRY, attendee=PRACTICE)])
def test_a_mail_without_an_entry_or_to_the_practice_has_no_calendar_part(entry: CalendarEntry | None) -> None:
    assert types(on_the_wire(entry=entry)) == ['text/plain; charset="utf-8"', 'text/html; charset="utf-8"']


def test_several_appointments_are_attached_each_as_an_invitation_of_its_own() -> None:
    second = replace(ENTRY, uid="second@kalends.example", sequence=4)
    message = with_files(ENTRY, second)
    body, *files = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert (body.get_content_type(), types(body)) == (
        "multipart/alternative",
        ['text/plain; charset="utf-8"', 'text/html; charset="utf-8"'],
    )
    assert [str(one["Content-Type"]) for one in files] == ['text/calendar; method="REQUEST"; charset="utf-8"'] * 2
    assert [str(one["Content-Disposition"]) for one in files] == [
        'attachment; filename="appointment-1.ics"',
        'attachment; filename="appointment-2.ics"',
    ]
    calendars = [icalendar.Calendar.from_ical(one.get_payload(decode=True)) for one in files]
    assert [str(one["METHOD"]) for one in calendars] == ["REQUEST"] * 2
    events = [event for one in calendars for event in one.walk("VEVENT")]
    assert [(str(event["UID"]), event["SEQUENCE"]) for event in events] == [(ENTRY.uid, 0), (second.uid, 4)]
    assert [one.get_payload(decode=True) for one in files] == [
        (mail_part(one) or "").encode() for one in (ENTRY, second)
    ]


def test_several_cancellations_say_so_in_each_content_type() -> None:
    gone = replace(ENTRY, sequence=1, is_cancelled=True)
    _body, *files = with_files(gone, replace(gone, uid="second@kalends.example")).iter_parts()
    assert [str(one["Content-Type"]) for one in files] == ['text/calendar; method="CANCEL"; charset="utf-8"'] * 2


def test_several_appointments_of_the_practice_itself_are_not_attached() -> None:
    own = replace(ENTRY, attendee=PRACTICE)
    assert with_files(own, own).get_content_type() == "multipart/alternative"


def test_the_headers_say_who_writes_and_that_no_answer_is_expected_from_programs() -> None:
    message = on_the_wire()
    assert {name: str(message[name]).strip() for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")} == {
        "From": "Praxis Winter <praxis@winter.example>",
        "To": "zoe@client.example",
        "Subject": "Your appointment on Tue 8 December, 10:00 · Praxis Winter",
        "Message-ID": "<1.abc@kalends.example>",
        "Auto-Submitted": "auto-generated",
    }
    assert [message[name] for name in ("List-Unsubscribe", "List-Unsubscribe-Post")] == [None, None]


def test_a_reminder_can_be_stopped_with_one_click() -> None:
    message = on_the_wire(replace(ENVELOPE, unsubscribe_url="https://kalends.example/stop/"))
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (
        "<https://kalends.example/stop/>",
        "List-Unsubscribe=One-Click",
    )


@pytest.mark.parametrize("name", ['Praxis "Dr." Winter, Köln', "Praxis\r\nBcc: evil@example.com", ODD, "x" * 300, ""])
def test_a_name_stays_a_name(name: str) -> None:
    message = on_the_wire(replace(ENVELOPE, sender=Mailbox(name, "praxis@winter.example")))
    (sender,) = message["From"].addresses
    assert (sender.addr_spec, sender.display_name) == ("praxis@winter.example", " ".join(name.split()))
    assert message["Bcc"] is None


def test_domains_are_sent_in_ascii() -> None:
    message = on_the_wire(
        replace(ENVELOPE, recipient=Mailbox("", "zoe@maß.example"), sender=Mailbox("", "p@köln.example"))
    )
    assert (message["To"], message["From"]) == ("zoe@xn--ma-hia.example", "p@xn--kln-sna.example")


def test_a_domain_that_cannot_exist_is_refused() -> None:
    with pytest.raises(SMTPRecipientsRefused):
        on_the_wire(replace(ENVELOPE, recipient=Mailbox("", "max@\u0300ß.example")))


# --- HTML ------------------------------------------------------------------------------------------


def words(text: str) -> str:
    return " ".join(text.split())


def test_html_and_plain_text_say_the_same() -> None:
    page = html.fromstring(as_html(CONTENT, WINTER))
    (card,) = page.find_class("card")
    plain = re.sub(r"https?://\S+", "", CONTENT.as_text())
    assert words(re.sub(r"(When|Where|With|Change or cancel|Imprint|Privacy):", r"\1", plain)) == words(
        " ".join(card.itertext())
    ).removeprefix("Praxis Winter ")
    assert [link.get("href") for link in page.iter("a")] == re.findall(r"https?://\S+", CONTENT.as_text())


def test_styles_stand_at_each_element_and_dark_mode_in_the_head() -> None:
    written = as_html(CONTENT, WINTER)
    page = html.fromstring(written)
    assert [element.tag for element in page.body.iter() if not element.get("style")] == []
    (style,) = page.iter("style")
    assert re.findall("@media [^{]+", style.text or "") == [
        *("@media (prefers-color-scheme: dark) ", "@media (max-width: 480px) ")
    ]
    assert min(int(size) for size in re.findall(r"font(?:-size)?: ?(\d+)px", written)) == 16


def test_the_page_names_its_language_and_subject() -> None:
    page = html.fromstring(as_html(client_mails.confirmation(replace(FACTS, language="de")), WINTER))
    assert (page.get("lang"), page.findtext(".//title")) == (
        "de",
        "Ihr Termin am Di., 8. Dezember, 10:00 Uhr · Praxis Winter",
    )


def test_texts_cannot_add_markup() -> None:
    content = Content(
        ODD, "en", (Heading(ODD), paragraph(ODD, strong(ODD)), fact_list((ODD, Run(ODD, url='https://x/?"><b>'))))
    )
    page = html.fromstring(as_html(content, replace(WINTER, name=ODD)))
    assert [element.tag for element in page.body.iter()] == [
        *("body", "div", "p", "h1", "p", "strong", "dl", "dt", "dd", "a")
    ]
    assert [link.get("href") for link in page.iter("a")] == ['https://x/?"><b>']


@pytest.mark.parametrize(
    ("colour", "used", "ink"),
    [
        ("#1d6b4f", "#1d6b4f", "#ffffff"),
        ("#ffdd00", "#ffdd00", "#000000"),
        ("red; } * { x: url(y)", DEFAULT_COLOUR, "#ffffff"),
        ("", DEFAULT_COLOUR, "#ffffff"),
    ],
)
def test_a_button_has_the_colour_of_the_practice_and_can_be_read(colour: str, used: str, ink: str) -> None:
    page = html.fromstring(as_html(CONTENT, replace(WINTER, colour=colour)))
    (button,) = page.find_class("button")
    style = dict(re.findall(r"([a-z-]+): ?([^;]+)", button.get("style") or ""))
    assert (style["background"], style["color"]) == (used, ink)
    assert ink_on(used) == ink


def test_a_logo_stands_for_the_name() -> None:
    page = html.fromstring(as_html(CONTENT, replace(WINTER, logo_url="https://kalends.example/logo.png")))
    assert [(image.get("src"), image.get("alt")) for image in page.iter("img")] == [
        ("https://kalends.example/logo.png", "Praxis Winter")
    ]
