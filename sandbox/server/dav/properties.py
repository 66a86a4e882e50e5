"""The properties of the root, principals, homes, calendars, resources and scheduling boxes."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from sandbox.server.dav.xml import APPLE, SERVER, c, d, element, href, text
from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar, Owner
from sandbox.server.store.contents import Resource, write_token
from sandbox.server.switches import Switches

CTAG = f"{{{SERVER}}}getctag"
COLOR = f"{{{APPLE}}}calendar-color"
ORDER = f"{{{APPLE}}}calendar-order"
RESOURCETYPE = d("resourcetype")
DISPLAYNAME = d("displayname")

Properties = dict[str, str]  # Clark name -> the whole element

_READ = (d("read"), c("read-free-busy"), d("read-current-user-privilege-set"))
_WRITE = tuple(d(name) for name in ("write", "write-properties", "write-content", "bind", "unbind"))
_REPORTS = (
    *(d(name) for name in ("acl-principal-prop-set", "principal-match", "principal-property-search")),
    d("sync-collection"),
    *(c(name) for name in ("calendar-query", "calendar-multiget", "free-busy-query")),
    f"{{{SERVER}}}calendar-search",
)


def escape_path(path: str, switches: Switches) -> str:
    """A path as an href contains it."""
    return quote(path, safe="/-._~!$&'()*+,;=:" + ("" if switches.escaped_hrefs else "@"))


def calendar_token(calendar: Calendar, switches: Switches) -> str:
    """The token of the calendar's current state, used as ctag and as sync-token."""
    contents = calendar.contents
    return write_token(contents.serial, contents.generation, contents.revision, form=switches.token_form)


def home_token(account: Account, switches: Switches) -> str:
    """The token of the home's current state."""
    return write_token(int(account.dsid), account.generation, account.revision, form=switches.token_form)


def of_root(account: Account) -> Properties:
    """The root, which names the principal."""
    return _gather(
        element(RESOURCETYPE, "<collection/>"),
        _principal_pointer(account),
    )


def of_principal(account: Account, *, home: str, switches: Switches) -> Properties:
    """The principal, which names the home. `home`: a URL or a path."""
    inbox, outbox, *_ = account.store.layout.boxes
    addresses = [f'<href preferred="1">mailto:{text(account.addresses[0])}</href>']
    addresses += [href(f"mailto:{address}") for address in account.addresses[1:]]
    addresses += [href(account.principal_path), href(f"urn:uuid:{account.dsid}")]
    found = _gather(
        element(RESOURCETYPE, "<collection/><principal/>"),
        element(DISPLAYNAME, text(account.name)),
        _principal_pointer(account),
        element(d("principal-URL"), href(account.principal_path)),
        element(c("calendar-home-set"), f'<href xmlns="DAV:">{text(home)}</href>'),
        element(c("schedule-inbox-URL"), f'<href xmlns="DAV:">{text(account.home_path + inbox)}/</href>'),
        element(c("schedule-outbox-URL"), f'<href xmlns="DAV:">{text(account.home_path + outbox)}/</href>'),
    )
    if not switches.home_known:
        del found[c("calendar-home-set")]
    if switches.home_addresses:
        body = "".join(address.replace("<href", '<href xmlns="DAV:"', 1) for address in addresses)
        found[c("calendar-user-address-set")] = element(c("calendar-user-address-set"), body)
    return found


def of_home(account: Account, switches: Switches) -> Properties:
    """The collection of calendars, which has the name of the person and its own ctag."""
    token = text(home_token(account, switches))
    return _gather(
        element(DISPLAYNAME, text(account.name)),
        element(RESOURCETYPE, "<collection/>"),
        _components("VEVENT", "VTODO", "VFREEBUSY"),
        element(CTAG, token),
        element(d("sync-token"), token),
        _privileges(*_READ, *_WRITE),
        _reports(),
        _principal_pointer(account),
    )


def of_calendar(calendar: Calendar, switches: Switches) -> Properties:
    """A calendar, a list of reminders or a subscribed feed."""
    token = text(calendar_token(calendar, switches))
    found = _gather(
        element(DISPLAYNAME, text(calendar.name)),
        element(RESOURCETYPE, _resourcetype(calendar)),
        element(COLOR, text(calendar.color)),
        element(CTAG, token),
        element(d("sync-token"), token),
        _privileges(*_READ, *(() if calendar.read_only else _WRITE)),
        _principal_pointer(calendar.account),
        element(d("owner"), href(calendar.account.principal_path)),
    )
    if calendar.order:
        found |= _gather(element(ORDER, text(calendar.order)))
    if calendar.source:
        return found | _gather(element(f"{{{SERVER}}}source", f'<href xmlns="DAV:">{text(calendar.source)}</href>'))
    return found | _gather(_components(*calendar.components), _reports())


def of_box(account: Account, name: str, switches: Switches) -> Properties:
    """inbox, outbox, notification and others, which are in the home beside the calendars."""
    box = name.lower()
    kind = {
        "inbox": _caldav_flag("schedule-inbox"),
        "outbox": _caldav_flag("schedule-outbox"),
        "notification": f'<notification xmlns="{SERVER}"/>',
        "trashbin": '<trash-bin xmlns="http://nextcloud.com/ns"/>',
    }.get(box, "")
    extra = {"inbox": (c("schedule-deliver"),), "outbox": (c("schedule-send"),)}.get(box, ())
    found = _gather(
        element(DISPLAYNAME, name),
        element(RESOURCETYPE, f"<collection/>{kind}"),
        _privileges(*_READ, *_WRITE, *extra),
        _principal_pointer(account),
    )
    if box in ("inbox", "outbox"):
        found |= _gather(_components("VEVENT", "VTODO", "VFREEBUSY"))
    if box != "outbox":
        found |= _gather(element(CTAG, text(write_token(int(account.dsid), 0, 0, form=switches.token_form))))
    return found


def of_resource(resource: Resource) -> Properties:
    """One event. iCloud has no schedule-tag."""
    return _gather(
        element(d("getetag"), text(resource.etag)),
        element(d("getcontenttype"), "text/calendar; charset=utf-8; component=vevent"),
        element(d("getcontentlength"), str(len(resource.data))),
        element(RESOURCETYPE),
    )


def _principal_pointer(account: Owner) -> str:
    return element(d("current-user-principal"), href(account.principal_path))


def _resourcetype(calendar: Calendar) -> str:
    if calendar.source:
        return f'<collection/><subscribed xmlns="{SERVER}"/>'
    kind = f"<collection/>{_caldav_flag('calendar')}"
    flag = {"owner": "shared-owner", "guest": "shared"}.get(calendar.sharing, "")
    return f'{kind}<{flag} xmlns="{SERVER}"/>' if flag else kind


def _caldav_flag(name: str) -> str:
    return element(c(name))


def _components(*names: str) -> str:
    one = "<comp name='{}' xmlns='urn:ietf:params:xml:ns:caldav'/>"
    return element(c("supported-calendar-component-set"), "".join(one.format(name) for name in names))


def _privileges(*names: str) -> str:
    body = "\n      ".join(f"<privilege>{element(name)}</privilege>" for name in names)
    return element(d("current-user-privilege-set"), body)


def _reports() -> str:
    one = "<supported-report><report>{}</report></supported-report>"
    return element(d("supported-report-set"), "".join(one.format(element(name)) for name in _REPORTS))


def _gather(*elements: str) -> Properties:
    return {_name(xml): xml for xml in elements}


def _name(xml: str) -> str:
    local, _, rest = xml[1:].partition(' xmlns="')
    namespace = rest.partition('"')[0]
    return f"{{{namespace}}}{local}"


def select(available: Properties, wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """The wanted properties that are available, and the names of those that are not."""
    names = list(dict.fromkeys(wanted))
    return [available[name] for name in names if name in available], [n for n in names if n not in available]
