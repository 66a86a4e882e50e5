"""A restored copy in an owner's hands, in a real browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bookings.models import Booking, Mail
from connections import ical
from connections.sync.run import sync_connection
from operations.restored.begin import begin
from operations.restored.tasks import go_on
from practice.models import User
from practice.models.restore import outgoing_waits
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import Practice, make_practice
from tests.browser.test_services import anna as anna  # a fixture
from tests.browser.test_services import check
from tests.browser.test_services import signed_in as signed_in  # a fixture
from tests.factories import MailFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def practice(
    signed_in: Page, live_server: Any, icloud: Sandbox, account: Account, phone: AppleDevice, settings: Any
) -> Practice:
    """Bea's practice, restored a minute ago: her calendar has an event that only the former copy knew."""
    User.objects.filter(username="anna").update(role=User.Role.OWNER)
    practice = make_practice(icloud, account, phone, username="bea")
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    start = now + timedelta(days=3)
    link = f"{settings.BASE_URL}/bookings/10007/"
    draft = ical.EventDraft(
        "BOOKED-AFTER", start, start + timedelta(hours=1), "Europe/Berlin", "Dora Later · Talk", url=link
    )
    phone.add_text(account.calendar("Home"), ical.compose(draft, now=now))
    MailFactory.create(due_at=now - timedelta(hours=3), start=start)
    begin(made_at=now - timedelta(hours=12), now=timezone.now() - timedelta(minutes=1))
    return practice


def _read(practice: Practice, now: datetime) -> None:
    """What the workers do."""
    sync_connection(practice.connection.pk, now=now)
    go_on()


def test_an_owner_books_what_is_unknown_drops_old_messages_and_finishes(
    signed_in: Page, live_server: Any, practice: Practice, problems: list[str]
) -> None:
    page = signed_in
    page.goto(f"{live_server.url}/restored/")
    expect(page.get_by_role("region", name="1. Read all calendars")).to_contain_text("still to be read completely")
    check(page)
    _read(practice, timezone.now())
    page.reload()
    expect(page.get_by_role("region", name="2. Compare bookings and calendars")).to_contain_text("agree")
    finish = page.get_by_role("region", name="5. Finish")
    expect(finish).to_contain_text("Confirmation (1)")
    page.get_by_label("Drop, because they were sent before").check()
    page.get_by_role("button", name="Save this choice").click()
    assert list(Mail.objects.values_list("state", "error_code")) == [("dropped", "sent_before_restore")]
    page.get_by_role("link", name="Make a booking of it").click()
    expect(page.get_by_label("Client")).to_have_value("Dora Later")
    check(page)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("The event stays where it is.")).to_be_visible()
    booking = Booking.objects.get(seats__client__name="Dora Later")
    assert booking.linked_events.values_list("uid", "state").get() == ("BOOKED-AFTER", "queued")
    finish.get_by_role("button", name="Finish the restore").click()
    expect(page.locator("main").get_by_text("The restore is finished.").first).to_be_visible()
    assert (outgoing_waits(), problems) == (False, [])
