"""Providers of CalDAV that have a page of their own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connections.providers.provider import Provider, ProviderWords

# https://www.fastmail.com/help/clients/apppassword.html: each app needs a password of its own, which may access
# calendars; the plan Basic has no CalDAV. https://www.fastmail.com/help/technical/servernamesandports.html: the normal
# password does not work, and the user name is the address with its domain.
FASTMAIL = Provider(
    slug="fastmail",
    about=_("Fastmail’s calendar. What is there blocks your time; what is booked here is added there."),
    url="https://caldav.fastmail.com/",
    hosts=("fastmail.com",),
    username_is_email=True,
    username_hint=_("Your full Fastmail address, with its domain."),
    has_own_page=True,
    help_url="https://www.fastmail.com/help/clients/apppassword.html",
    words=ProviderWords(
        name="Fastmail",
        recipient="Fastmail",
        password=_("app password"),
        username=_("Fastmail address"),
        passwords_at="app.fastmail.com",
        sentences={
            "unauthorized": _(
                "Fastmail no longer accepts the app password of %(username)s. Make a new one under Settings > Privacy "
                "& Security and reconnect."
            ),
            "not_accepted": _(
                "Not accepted. Fastmail takes an app password here, never the normal one. Check that it may access "
                "calendars, and that the user name is your full address."
            ),
            "no_username": _("Enter your full Fastmail address."),
            "other_account": _(
                "This app password belongs to another Fastmail account. Make it while signed in as the account that "
                "is connected here."
            ),
        },
    ),
)
# https://kb.mailbox.org/en/private/security-and-privacy/how-to-use-two-factor-authentication-2fa: with two factors
# calendars take application passwords only; without, those are optional. The user name is the main mail address.
MAILBOX = Provider(
    slug="mailbox",
    about=_("The calendar of mailbox.org. What is there blocks your time; what is booked here is added there."),
    url="https://dav.mailbox.org/",
    hosts=("mailbox.org",),
    username_is_email=True,
    username_hint=_("Your main mail address, not an alias."),
    has_own_page=True,
    help_url="https://kb.mailbox.org/en/private/security-and-privacy/how-to-use-two-factor-authentication-2fa",
    words=ProviderWords(
        name="mailbox.org",
        recipient="mailbox.org",
        password=_("application password"),
        username=_("mailbox.org address"),
        passwords_at="mailbox.org",
        sentences={
            "unauthorized": _(
                "mailbox.org no longer accepts the password of %(username)s. Make a new application password under "
                "All settings > Security and reconnect."
            ),
            "not_accepted": _(
                "Not accepted. With two-factor authentication mailbox.org takes an application password only. Check "
                "that it is one for calendars, and that the user name is your main mail address."
            ),
            "no_username": _("Enter your main mailbox.org address."),
        },
    ),
)
# https://docs.nextcloud.com/server/latest/user_manual/en/groupware/calendar.html (the address) and
# https://docs.nextcloud.com/server/latest/user_manual/en/session_management.html (app passwords).
NEXTCLOUD = Provider(
    slug="nextcloud",
    about=_("A Nextcloud of your own, your practice or a host. It is asked at the address that you enter."),
    path="/remote.php/dav/",
    page_paths=(
        "/remote.php",
        "/index.php",
        "/apps/calendar",
        "/apps/dashboard",
        "/apps/files",
        "/login",
        "/settings/user",
    ),
    address_example="https://cloud.example.org",
    address_hint=_("As the browser shows it, with a directory if there is one: https://example.org/nextcloud."),
    username_hint=_("The login name from Nextcloud’s settings. It can differ from your e-mail address."),
    has_own_page=True,
    help_url="https://docs.nextcloud.com/server/latest/user_manual/en/session_management.html",
    words=ProviderWords(
        name="Nextcloud",
        recipient="Nextcloud",
        password=_("app password"),
        username=_("Login name"),
        sentences={
            "unauthorized": _(
                "Nextcloud no longer accepts the app password of %(username)s. Make a new one under Settings > "
                "Security > Devices & sessions and reconnect."
            ),
            "not_accepted": _(
                "Not accepted. Check the login name: it can differ from your e-mail address. With two-factor "
                "authentication Nextcloud takes an app password only."
            ),
            "no_caldav": _(
                "There is no Nextcloud at this address. Enter the address that the browser shows when you are signed "
                "in to it."
            ),
            "no_username": _("Enter the login name that Nextcloud’s settings show."),
        },
    ),
)
CALDAV_SERVER = Provider(
    slug="caldav",
    title=_("Another CalDAV server"),
    connect_title=_("Connect another CalDAV server"),
    about=_("Any other server that speaks CalDAV. Kalends finds the calendars from the server’s address."),
    address_example="https://dav.example.org",
    address_hint=_(
        "The address that your provider names for CalDAV, the name of its server, or your e-mail address there."
    ),
    username_hint=_("As the server knows you: often, but not always, your e-mail address."),
    has_own_page=True,
    says_untried=False,  # tried with seven servers: README.md
    help_url="https://www.rfc-editor.org/rfc/rfc6764",
    words=ProviderWords(name=_("CalDAV server"), password=_("password"), username=_("User name")),
)
