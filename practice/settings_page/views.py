"""The settings of the practice: one page, one form for all words, one for the logo."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice.booking_page.addresses import booking_address
from practice.forms import posted
from practice.models import Logo, Practice
from practice.profile.logos import store_logo
from practice.profile.mailing import send_test_mail
from practice.profile.missing import missing_now
from practice.profile.privacy import DRAFT_LANGUAGES, privacy_facts, write_draft
from practice.roles import Action
from practice.settings_page.forms import LogoForm, SettingsForm
from practice.staff_page import StaffRequest, staff_page

DRAFTS = {f"draft_{language}": language for language in DRAFT_LANGUAGES}
"""What the buttons send that write a draft."""


@staff_page(Action.MANAGE_PRACTICE)
def practice_settings(request: StaffRequest) -> HttpResponse:
    """All settings but the logo. A button may also ask for a draft or a test e-mail."""
    form = SettingsForm(posted(request), instance=Practice.current())
    if request.method != "POST":
        return _page(request, form)
    then = request.POST.get("then", "")
    if then in DRAFTS:
        return _page(request, _with_draft(form, DRAFTS[then]), drafted=True)
    if not form.is_valid():
        return _page(request, form)
    if "second_factor_required" in form.changed_data:
        raise_if_reauthentication_required(request, app="practice")
    form.save()
    messages.success(request, _("Saved."))
    if then == "test":
        _test_mail_to(request)
    return redirect("practice:settings")


@require_POST
@staff_page(Action.MANAGE_PRACTICE)
def change_logo(request: StaffRequest) -> HttpResponse:
    """Store the chosen picture as logo, or remove the logo."""
    practice = Practice.objects.get_or_create(pk=Practice.current().pk)[0]
    if "remove" in request.POST:
        Logo.objects.filter(practice=practice).delete()
        messages.success(request, _("The logo is removed."))
        return redirect("practice:settings")
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, SettingsForm(instance=practice), logo_form=form)
    store_logo(practice, form.cleaned_data["logo"])
    messages.success(request, _("The logo is saved."))
    return redirect("practice:settings")


def _page(
    request: StaffRequest, form: SettingsForm, *, logo_form: LogoForm | None = None, drafted: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "logo_form": logo_form or LogoForm(),
        "logo_url": Practice.current().logo_url,
        "missing": missing_now(),
        "booking_page": booking_address(),
        "drafted": drafted,
    }
    return render(request, "practice/settings/page.html", context)


def _with_draft(form: SettingsForm, language: str) -> SettingsForm:
    """The form as it was filled in, with a draft made from that."""
    form.is_valid()  # puts what is right into the instance, without saving it
    months = form.instance.months_kept
    return form.with_notice(write_draft(form.instance, privacy_facts(), language=language, months=months))


def _test_mail_to(request: StaffRequest) -> None:
    if not request.user.email:
        messages.error(request, _("Your account has no e-mail address, so nothing was sent."))
        return
    result = send_test_mail(request.user.email)
    messages.add_message(request, messages.SUCCESS if result.accepted else messages.ERROR, result.sentence)
