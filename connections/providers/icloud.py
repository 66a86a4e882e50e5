"""iCloud."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connections.providers.provider import PasswordShape, Provider, ProviderWords

ICLOUD_CALENDAR = Provider(
    slug="icloud",
    title=_("iCloud Calendar"),
    about=_(
        "The calendar of your iPhone, iPad and Mac. What is there blocks your time; what is booked here is added there."
    ),
    url_setting="ICLOUD_CALDAV_URL",
    hosts=("icloud.com",),
    username_field="apple_id",
    username_missing=_("Enter the e-mail address of your Apple Account."),
    username_is_email=True,
    password_shape=PasswordShape.APPLE,
    username_hint=_("The e-mail address of your Apple Account."),
    password_hint=_("16 letters, like abcd-efgh-ijkl-mnop. With or without the dashes."),
    is_on_iphone=True,
    has_own_page=True,
    says_untried=False,
    help_url="https://support.apple.com/102654",
    words=ProviderWords(
        name="iCloud",
        recipient="Apple (iCloud)",
        password=_("app-specific password"),
        username=_("Apple ID"),
        passwords_at="account.apple.com",
        sentences={
            "unauthorized": _(
                "Apple no longer accepts the app-specific password of %(username)s. Make a new one at "
                "account.apple.com and reconnect."
            ),
            "password_unreadable": _(
                "The stored password cannot be read with the FERNET_KEYS of this server. Put the old key back and "
                "sync, or reconnect with a new app-specific password."
            ),
            "not_accepted": _("Not accepted. Mistyped, revoked, or made under another Apple Account."),
            "no_username": _("Enter the e-mail address of the Apple Account."),
            "no_password": _("Enter the app-specific password that Apple’s page shows."),
            "not_an_email": _(
                "An Apple ID is an e-mail address, like anna@example.com. Check what is missing; nothing was sent."
            ),
            "unencrypted": _(
                "iCloud is asked by https:// only, so nothing was sent. Correct the address, or leave it out."
            ),
            "no_calendars": _(
                "The account has no calendars for events. Turn on Calendars under iCloud on the iPhone, then connect "
                "again."
            ),
            "connecting_refused": _("The server refused it (%(status)s). Check the Apple ID and the address."),
            "other_account": _(
                "This password belongs to another Apple Account. Make it while signed in as the account that is "
                "connected here."
            ),
        },
    ),
)
