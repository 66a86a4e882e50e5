"""A test e-mail says what the mail server answered, and never a password."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from practice.models import Practice
from practice.profile.mailing import send_test_mail

pytestmark = pytest.mark.django_db
SECRET = "open sesame"


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that answers as told: `answers` by the first word of a command."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers: dict[str, str] = {}
        self.received: list[str] = []


class Conversation(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            usual = {
                "EHLO": "250-here\r\n250 AUTH PLAIN",
                "DATA": "354 go on",
                "QUIT": "221 bye",
                "AUTH": "235 welcome",
            }
            self.say(self.server.answers.get(word, usual.get(word, "250 fine")))
            if word == "DATA":
                self.server.received.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.say("250 queued")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[0], server.server_address[1]
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "anna", SECRET
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
        server.shutdown()


@pytest.mark.processes
def test_an_accepted_mail_comes_from_the_practice(mailbox: Mailbox) -> None:
    Practice.objects.create(name="Praxis Müller", email="hallo@example.com")
    result = send_test_mail("anna@example.com")
    assert (result.accepted, result.sentence) == (
        True,
        "The mail server accepted the e-mail to anna@example.com. If it does not arrive, look among the spam.",
    )
    [mail] = mailbox.received
    assert [line for line in mail.splitlines() if line.startswith(("From:", "To:"))] == [
        "From: =?utf-8?q?Praxis_M=C3=BCller?= <hallo@example.com>",
        "To: anna@example.com",
    ]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("command", "answer", "sentence"),
    [
        ("AUTH", "535 no", "The mail server refused the user name or password in EMAIL_URL: 535 no"),
        (
            "AUTH",
            f"535 no user with {SECRET} or AGFubmEAb3BlbiBzZXNhbWU=",
            "The mail server refused the user name or password in EMAIL_URL: 535 no user with … or …",
        ),
        ("RCPT", "550 unknown", "The e-mail could not be sent: 550 unknown"),
        ("MAIL", "553 not yours", "The e-mail could not be sent: 553 not yours"),
    ],
)
def test_a_refusal_is_told_without_the_password(mailbox: Mailbox, command: str, answer: str, sentence: str) -> None:
    mailbox.answers[command] = answer
    result = send_test_mail("anna@example.com")
    assert (result.accepted, result.sentence, mailbox.received) == (False, sentence, [])


@pytest.mark.processes
def test_a_server_that_is_not_there_is_told(mailbox: Mailbox, settings: Any, free_port: Callable[[], int]) -> None:
    settings.EMAIL_PORT = free_port()
    result = send_test_mail("anna@example.com")
    assert (result.accepted, result.sentence) == (False, "The e-mail could not be sent: [Errno 111] Connection refused")


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A port at which nothing listens."""

    def port() -> int:
        with Mailbox() as closed:
            return int(closed.server_address[1])

    return port


def test_without_a_mail_server_nothing_is_sent(mailoutbox: list[Any]) -> None:
    result = send_test_mail("anna@example.com")
    assert (result.accepted, result.sentence, mailoutbox) == (
        False,
        "EMAIL_URL is not set to a mail server, so nothing was sent.",
        [],
    )
