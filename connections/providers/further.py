"""Providers of CalDAV that share one page. None has been tried with a real account yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from connections.providers.caldav import NEXTCLOUD
from connections.providers.provider import Provider, ProviderWords

_TWO_FACTORS = _("With two-factor authentication it takes a password for applications only, not the normal one.")

# https://posteo.de/en/help (calendars): port 8443, and the normal password.
POSTEO = Provider(
    slug="posteo",
    about=_("The calendar of Posteo."),
    url="https://posteo.de:8443/",
    hosts=("posteo.de",),
    username_is_email=True,
    username_hint=_("Your Posteo address."),
    notes=(_("The server is asked at port 8443: a firewall in between must let that through."),),
    help_url="https://posteo.de/en/help",
    words=ProviderWords(name="Posteo", recipient="Posteo", password=_("password"), username=_("Posteo address")),
)
GMX = Provider(
    slug="gmx",
    about=_("The calendar of GMX."),
    url="https://caldav.gmx.net/",
    hosts=("gmx.net",),
    username_is_email=True,
    username_hint=_("Your GMX address."),
    notes=(_TWO_FACTORS,),
    help_url="https://hilfe.gmx.net/sicherheit/2fa/anwendungsspezifisches-passwort.html",
    words=ProviderWords(name="GMX", recipient="GMX", password=_("password"), username=_("GMX address")),
)
WEBDE = Provider(
    slug="webde",
    about=_("The calendar of WEB.DE."),
    url="https://caldav.web.de/",
    hosts=("web.de",),
    username_is_email=True,
    username_hint=_("Your WEB.DE address."),
    notes=(_TWO_FACTORS,),
    help_url="https://hilfe.web.de/",
    words=ProviderWords(name="WEB.DE", recipient="WEB.DE", password=_("password"), username=_("WEB.DE address")),
)
YAHOO = Provider(
    slug="yahoo",
    about=_("The calendar of Yahoo."),
    url="https://caldav.calendar.yahoo.com/",
    hosts=("calendar.yahoo.com",),
    username_is_email=True,
    username_hint=_("Your Yahoo address."),
    notes=(_("Yahoo takes an app password only. It is made under Account security."),),
    help_url="https://help.yahoo.com/kb/SLN15241.html",
    words=ProviderWords(name="Yahoo", recipient="Yahoo", password=_("app password"), username=_("Yahoo address")),
)
OWNCLOUD = Provider(
    slug="owncloud",
    about=_("An ownCloud of your own, your practice or a host."),
    path="/remote.php/dav/",
    page_paths=NEXTCLOUD.page_paths,
    address_example="https://cloud.example.org",
    username_hint=_("The user name with which you sign in there."),
    notes=(_TWO_FACTORS,),
    help_url="https://doc.owncloud.com/",
    words=ProviderWords(name="ownCloud", recipient="ownCloud", password=_("app password"), username=_("User name")),
)
# https://www.davx5.com/tested-with/synology: the package Calendar, https at port 5001, path /caldav/.
SYNOLOGY = Provider(
    slug="synology",
    about=_("The package Synology Calendar on a NAS."),
    path="/caldav/",
    page_paths=("/webman",),
    address_example="https://nas.example.org:5001",
    username_hint=_("The user name with which you sign in to DSM."),
    notes=(
        _("The address has a port, usually 5001. Synology Calendar shows it under CalDAV Account."),
        _("The NAS needs a valid certificate: Kalends does not sign in where the certificate is not trusted."),
    ),
    help_url="https://www.davx5.com/tested-with/synology",
    words=ProviderWords(
        name="Synology Calendar", recipient="Synology Calendar", password=_("password"), username=_("User name")
    ),
)
# Accounts are kept by region; https://calendar.zoho.com answers for those of the United States.
ZOHO = Provider(
    slug="zoho",
    about=_("Zoho Calendar, for accounts at zoho.com."),
    url="https://calendar.zoho.com/caldav/",
    hosts=("calendar.zoho.com",),
    username_is_email=True,
    username_hint=_("Your Zoho address."),
    notes=(
        _TWO_FACTORS,
        _(
            "An account of another region, such as zoho.eu, is reached as “another CalDAV server” with that region’s "
            "address, such as https://calendar.zoho.eu/caldav/."
        ),
    ),
    help_url="https://www.zoho.com/calendar/help/",
    words=ProviderWords(
        name="Zoho Calendar", recipient="Zoho Calendar", password=_("app password"), username=_("Zoho address")
    ),
)
RADICALE = Provider(
    slug="radicale",
    about=_("A Radicale server of your own."),
    path="/",
    address_example="https://radicale.example.org",
    username_hint=_("As it stands in the server’s list of users."),
    notes=(_("Behind a proxy the address ends with the path that the proxy gives it, such as /radicale."),),
    help_url="https://radicale.org/v3.html",
    words=ProviderWords(name="Radicale", recipient="Radicale", password=_("password"), username=_("User name")),
)
BAIKAL = Provider(
    slug="baikal",
    about=_("A Baïkal server of your own."),
    path="/dav.php/",
    page_paths=("/admin",),
    address_example="https://baikal.example.org",
    username_hint=_("As it stands under Users and resources."),
    notes=(
        _("Kalends signs in by Basic only. Set “WebDAV authentication type” to Basic in Baïkal’s system settings."),
    ),
    help_url="https://sabre.io/baikal/",
    words=ProviderWords(name="Baïkal", recipient="Baïkal", password=_("password"), username=_("User name")),
)
FURTHER = (POSTEO, GMX, WEBDE, YAHOO, OWNCLOUD, SYNOLOGY, ZOHO, RADICALE, BAIKAL)
