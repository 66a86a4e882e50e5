"""Does this deployment send e-mails, and does its mail server accept one?"""

from __future__ import annotations

import base64
import re
import smtplib
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from practice.models import Practice

PRINTERS: Final = frozenset({"config.console.EmailBackend", "django.core.mail.backends.console.EmailBackend"})
"""Ways to print e-mails, as where EMAIL_URL is not set."""
SINKS: Final = PRINTERS | {f"django.core.mail.backends.{to}.EmailBackend" for to in ("dummy", "filebased", "locmem")}
"""Ways to print, keep or drop e-mails. Nobody receives them."""
MAX_ANSWER_LENGTH = 300


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of a test e-mail, as a sentence."""

    accepted: bool
    sentence: str


def sends_mail() -> bool:
    """Does somebody receive the e-mails of this deployment? In the demo, its page shows those that are kept."""
    return settings.DEMO or settings.EMAIL_BACKEND not in SINKS


def only_prints_mail() -> bool:
    """Are e-mails printed and nothing else? Whoever has them kept somewhere has chosen that, so clients can book."""
    return settings.EMAIL_BACKEND in PRINTERS


def send_test_mail(address: str) -> TestResult:
    """Send a test e-mail from the practice to the address, and say what the mail server answered."""
    if not sends_mail():
        return TestResult(False, _("EMAIL_URL is not set to a mail server, so nothing was sent."))
    try:
        _test_mail(address).send()
    except smtplib.SMTPAuthenticationError as error:
        words = _("The mail server refused the user name or password in EMAIL_URL: %(answer)s")
        return TestResult(False, words % {"answer": _answer(error)})
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return TestResult(False, _("The e-mail could not be sent: %(answer)s") % {"answer": _answer(error)})
    words = _("The mail server accepted the e-mail to %(address)s. If it does not arrive, look among the spam.")
    return TestResult(True, words % {"address": address})


def _test_mail(address: str) -> EmailMessage:
    practice = Practice.current()
    return EmailMessage(
        subject=_("Test e-mail from %(practice)s") % {"practice": " ".join(str(practice).split())},
        body=_("This is a test. E-mails from %(url)s reach you.") % {"url": settings.BASE_URL},
        from_email=practice.from_header,
        to=[address],
    )


def _answer(error: Exception) -> str:
    """What the server or the network said, in one line and without secrets."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = " ".join(f"{code} {_text(words)}" for code, words in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = str(error) or type(error).__name__
    return _without_secrets(re.sub(r"\s+", " ", said).strip())[:MAX_ANSWER_LENGTH]


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _without_secrets(text: str) -> str:
    """The text without the password, as it is or as the commands AUTH LOGIN and AUTH PLAIN encode it."""
    user, password = settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
    if not password:
        return text
    for secret in (_base64(f"\0{user}\0{password}"), _base64(password), password):
        text = text.replace(secret, "…")
    return text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
