"""What somebody enters on their iPhone who is ill."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sandbox.device import agenda
from sandbox.device.device import AppleDevice
from sandbox.server.store.accounts import Account

TITLE = "Ill"


def ill_tomorrow(account: Account) -> date:
    """Enter an all-day event for tomorrow that is marked Busy, unless it is there already; the date of tomorrow.

    Raises ValueError where no calendar can be written to.
    """
    zone = ZoneInfo(account.zone)
    tomorrow = account.store.clock.now().astimezone(zone).date() + timedelta(days=1)
    calendar = next((one for one in account.events() if not one.read_only), None)
    if calendar is None:
        raise ValueError("This account has no calendar that can be written to.")
    found = agenda.displayed_events(account, tomorrow, 1, zone)
    if not any(one.title == TITLE and one.all_day for one in found):
        AppleDevice(account).add(calendar, TITLE, tomorrow, free=False)
    return tomorrow
