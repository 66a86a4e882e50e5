"""A draft of the privacy notice, made from what is configured. A lawyer has to check it, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.module_loading import import_string

from practice.models import Practice

DRAFT_LANGUAGES: Final = ("de", "en")


@dataclass(frozen=True, slots=True)
class PrivacyFacts:
    """What other apps do with the data of clients: which calendar providers get what.

    `names_at` get the names of clients, `contacts_at` also e-mail addresses and phone numbers, and `times_at` only when
    somebody is busy. `asks_questions`: services have questions of their own.
    """

    names_at: tuple[str, ...] = ()
    contacts_at: tuple[str, ...] = ()
    times_at: tuple[str, ...] = ()
    asks_questions: bool = False


def privacy_facts() -> PrivacyFacts:
    """The facts from above: the setting PRIVACY_FACTS names the function that knows them."""
    return cast(PrivacyFacts, import_string(settings.PRIVACY_FACTS)())


def write_draft(practice: Practice, facts: PrivacyFacts, *, language: str, months: int) -> str:
    """The privacy notice of the practice in one of DRAFT_LANGUAGES; `months` is how long clients are kept."""
    context = {"practice": practice, "facts": facts, "months": months}
    with translation.override(language):
        return render_to_string(f"practice/privacy/{language}.txt", context).strip() + "\n"
