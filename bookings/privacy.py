"""What the privacy notice must say about bookings: which calendar providers get data of clients (PRIVACY_FACTS)."""

from __future__ import annotations

from connections.models import CalendarConfiguration
from connections.providers import provider_words
from practice.models import Practice
from practice.profile.privacy import PrivacyFacts

Detail = CalendarConfiguration.Detail


def privacy_facts() -> PrivacyFacts:
    """The providers of linked calendars, each named once for the most that anybody's calendar shows there."""
    linked = CalendarConfiguration.objects.exclude(linked_calendar=None)
    shown: dict[str, set[str]] = {}
    limit = Practice.current().detail_limit
    account = "linked_calendar__connection"
    for detail, slug, url in linked.values_list("detail", f"{account}__provider", f"{account}__url"):
        shown.setdefault(provider_words(slug, url).recipient, set()).add(Detail(detail).at_most(limit))
    contacts = {name for name, details in shown.items() if Detail.FULL in details}
    names = {name for name, details in shown.items() if details & {Detail.NAME, Detail.INITIALS}} - contacts
    return PrivacyFacts(
        names_at=tuple(sorted(names)),
        contacts_at=tuple(sorted(contacts)),
        times_at=tuple(sorted(shown.keys() - contacts - names)),
    )
