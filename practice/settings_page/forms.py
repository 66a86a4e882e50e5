"""The settings of the practice, as its owner changes them."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from practice.models import CalendarDetail, Practice, client_languages
from practice.profile.countries import country_choices
from practice.profile.logos import TOO_LARGE, read_logo
from practice.profile.pictures import MAX_UPLOAD_BYTES, Picture
from practice.zones import zone_choices

RETENTION_LABEL: Final = _("Months for which clients are kept")


class SettingsForm(forms.ModelForm[Practice]):
    """Everything but the logo, which has a form of its own: a chosen file would be lost when another field is wrong."""

    country = forms.ChoiceField(
        label=_("Country"),
        choices=lambda: [("", _("Choose")), *country_choices()],
        required=False,
        help_text=_("Decides how phone numbers are read, and whether reminders need consent."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    language = forms.ChoiceField(
        label=_("Language of your clients"),
        choices=lambda: [("", _("As their browser asks")), *client_languages()],
        required=False,
        help_text=_("For clients whose browser asks for none that Kalends speaks."),
    )

    class Meta:
        model = Practice
        fields = (
            "name",
            "country",
            "time_zone",
            "language",
            "phone",
            "email",
            "address",
            "sender",
            "colour",
            "imprint",
            "privacy_notice",
            "max_upcoming",
            "retention_months",
            "hidden_from_search",
            "confirm_addresses",
            "under_attack",
            "second_factor_required",
            "front_desk_decides",
            "calendar_limit",
        )
        labels = {
            "sender": _("Sender of e-mails"),
            "max_upcoming": _("Upcoming bookings a client may have"),
            "retention_months": RETENTION_LABEL,
            "hidden_from_search": _("Ask search engines not to list the booking pages"),
            "confirm_addresses": _("Clients confirm their e-mail address before a booking counts"),
            "under_attack": _("Forms are under attack"),
            "second_factor_required": _("Everybody signs in with a second factor"),
            "calendar_limit": _("What linked calendars may show at most"),
            "front_desk_decides": _("The front desk may decide proposals for everybody"),
        }
        help_texts = {
            "phone": _("Clients see it on each page, to call instead."),
            "address": _("Where clients come to. It is also in the imprint of most countries."),
            "sender": _("Empty: the e-mail address above. Somebody should read what arrives there."),
            "max_upcoming": _("Empty: no limit. You can book for a client anyway."),
            "confirm_addresses": _(
                "They open a link within 30 minutes; until then the time is kept. Who gives only a phone number is not "
                "asked."
            ),
            "under_attack": _(
                "Browsers of clients then solve a small task before they send a form, which makes it costly to send "
                "many. Clients press nothing. Without JavaScript, and without https, they confirm their e-mail address "
                "or call."
            ),
            "front_desk_decides": _(
                "What was moved or deleted on an iPhone, and events that overlap a booking. The front desk sees the "
                "booking and when the event is, never its title. Whoever decides first has decided."
            ),
            "colour": _("For buttons and links on the booking pages and in e-mails."),
            "imprint": _("Who is responsible for these pages, as the law of your country asks for it."),
            "privacy_notice": _("What clients must know about their data before they book."),
        }
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "address": forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
            "imprint": forms.Textarea(attrs={"rows": 6}),
            "privacy_notice": forms.Textarea(attrs={"rows": 12}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["calendar_limit"]).choices = CalendarDetail.choices
        self.fields["retention_months"].help_text = _(
            "After their last booking; then they are erased at night. Owners are told 30 days before that begins. "
            "Empty: %(months)s, as the deployment has it."
        ) % {"months": settings.CLIENT_RETENTION_MONTHS}

    def clean(self) -> dict[str, Any]:
        """With the first country comes what is usual there, unless the limit was changed at the same time."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("calendar_limit", "") in ("", self.instance.calendar_limit):
            self.instance.move_to(cleaned.get("country", ""))
            cleaned["calendar_limit"] = self.instance.calendar_limit
        if "retention_months" in cleaned:
            self.instance.keep_clients(cleaned["retention_months"])
        return cleaned

    def clean_front_desk_decides(self) -> bool:
        """What was not asked stays: browsers do not send a switch that is off."""
        sent = {"front_desk_decides", "front_desk_asked"} & set(self.data)
        return bool(self.cleaned_data["front_desk_decides"] if sent else self.instance.front_desk_decides)

    def with_notice(self, text: str) -> SettingsForm:
        """The same form as it was filled in, with this privacy notice; nothing is saved."""
        data = {name: self.data[name] for name in self.data}
        return SettingsForm({**data, "privacy_notice": text}, instance=self.instance)


class LogoForm(forms.Form):
    """A new logo."""

    logo = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, at most 5 MB. It is made smaller, and what a camera wrote into it is removed."),
        error_messages={"required": _("Choose a file.")},
    )

    def clean_logo(self) -> Picture:
        file = self.cleaned_data["logo"]
        if (file.size or 0) > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(TOO_LARGE, code="too_large")
        return read_logo(file.read())
