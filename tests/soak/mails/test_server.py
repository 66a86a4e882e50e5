"""The mail server of the soak test keeps what it accepts, refuses some mails at first, and answers some late."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import EmailMessage

import pytest

from soak.deployment import free_port
from soak.mails import server as server_module
from soak.mails.server import MailServer

CLIENT, STAFF = "carla@example.org", "anna@practice.example"
SECONDS = 30
pytestmark = pytest.mark.processes


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """One that refuses every mail to a client at first unless it is said to be reliable."""
    monkeypatch.setattr(server_module, "REFUSED_AT_FIRST", 1.0)
    with MailServer(free_port(), "seed") as running:
        yield running


def send(server: MailServer, recipient: str = CLIENT, *, message_id: str = "<1@kalends.example>") -> int:
    """The code of the server's answer."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "praxis@practice.example", recipient, message_id
    message.set_content("Hello")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=SECONDS) as connection:
        try:
            connection.send_message(message)
        except smtplib.SMTPDataError as error:
            return error.smtp_code
    return 250


def ids(server: MailServer) -> list[tuple[str, str]]:
    return [(arrival.recipient, arrival.message_id) for arrival in server.arrived]


def test_a_mail_to_a_client_is_refused_once_and_then_kept(server: MailServer) -> None:
    assert [send(server), send(server), send(server)] == [451, 250, 250]
    assert ids(server) == [(CLIENT, "<1@kalends.example>")] * 2


def test_a_mail_to_staff_is_never_refused(server: MailServer) -> None:
    assert (send(server, STAFF), [arrival.is_to_client for arrival in server.arrived]) == (250, [False])


def test_a_reliable_server_refuses_nothing(server: MailServer) -> None:
    server.is_reliable = True
    assert (send(server), ids(server)) == (250, [(CLIENT, "<1@kalends.example>")])


@pytest.mark.parametrize(("accepts", "code", "kept"), [(True, 250, 1), (False, 451, 0)])
def test_a_mail_that_waits_for_its_answer_is_kept_before_or_not_at_all(
    server: MailServer, accepts: bool, code: int, kept: int
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with server.next_waits(accepts=accepts) as wait:
            answer: Future[int] = pool.submit(send, server)
            assert wait.reached.wait(SECONDS)
            assert len(server.arrived) == kept
        assert answer.result(SECONDS) == code
    assert (send(server), len(server.arrived)) == (250, kept + 1)


def test_only_the_next_mail_waits_and_only_inside_the_block(server: MailServer) -> None:
    server.is_reliable = True
    with server.next_waits(accepts=True) as wait:
        pass
    assert (send(server), wait.reached.is_set()) == (250, False)
