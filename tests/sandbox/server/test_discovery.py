"""From the start URL to the calendars, over two hosts."""

from __future__ import annotations

import pytest

from sandbox.server.dav.properties import COLOR, CTAG
from sandbox.server.dav.xml import SERVER, c, d
from tests.sandbox.client import Client


def types(answer, path):
    return [child.tag for child in answer.found(path, d("resourcetype"))]


def test_the_root_names_the_principal_and_the_principal_the_home_on_the_pod(icloud, account, client, home):
    root = client.propfind("/", d("current-user-principal"))
    principal = root.found("/", d("current-user-principal")).findtext(d("href"))
    assert principal == f"/{account.dsid}/principal/"
    answer = client.propfind(principal, c("calendar-home-set"), c("calendar-user-address-set"))
    assert answer.found(principal, c("calendar-home-set")).findtext(d("href")) == icloud.pod_url + home[1:]
    addresses = [one.text for one in answer.found(principal, c("calendar-user-address-set"))]
    assert addresses == ["mailto:anna@example.com", principal, f"urn:uuid:{account.dsid}"]


def test_entry_and_pod_are_two_hosts_that_serve_the_same_paths(icloud, client, home):
    assert icloud.entry_url != icloud.pod_url
    names = [d("displayname"), c("supported-calendar-component-set")]
    on_entry, on_pod = (client.propfind(home, *names, depth="1", host=host) for host in ("entry", "pod"))
    assert on_entry.body == on_pod.body


def test_the_home_set_can_be_a_path(icloud, account, client, home):
    icloud.switches.home_on_pod = False
    principal = f"/{account.dsid}/principal/"
    answer = client.propfind(principal, c("calendar-home-set"))
    assert answer.found(principal, c("calendar-home-set")).findtext(d("href")) == home


def test_the_principal_can_call_itself_by_a_short_name(icloud, account, client):
    icloud.switches.short_principal_href = True
    assert client.propfind(f"/{account.dsid}/principal/", d("displayname")).hrefs == ["/principal/"]


def test_the_well_known_address_leads_to_the_root_of_the_entry_host(icloud, account):
    answer = Client(icloud, account, None).ask("PROPFIND", "/.well-known/caldav")
    assert (answer.status, answer.headers["Location"]) == (301, icloud.entry_url)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_entry_host_can_redirect_to_the_pod_before_it_reads_the_password(icloud, account, home, status):
    icloud.switches.entry_redirects = "always"
    icloud.switches.redirect_status = status
    anybody = Client(icloud, account, ("anna@example.com", "wrong"))
    answer = anybody.propfind(home, d("displayname"))
    assert (answer.status, answer.headers["Location"]) == (status, icloud.pod_url + home[1:])
    assert anybody.propfind(home, d("displayname"), host="pod").status == 401


def test_the_entry_host_can_redirect_the_calendars_alone(icloud, client, home):
    icloud.switches.entry_redirects = "calendars"
    assert client.propfind("/", d("current-user-principal")).status == 207
    assert client.propfind(home, d("displayname")).status == 301


def test_another_dsid_is_forbidden_and_an_unknown_calendar_is_not_found(icloud, client, home):
    other = icloud.add_account("ben@example.com")
    assert client.propfind(f"/{other.dsid}/calendars/", d("displayname")).status == 403
    assert client.propfind("/99999999/principal/", d("displayname")).status == 403
    assert client.propfind(f"{home}nothing/", d("displayname")).status == 404


def test_the_home_comes_first_then_calendars_then_the_boxes(client, account, home):
    answer = client.propfind(home, d("displayname"), depth="1")
    calendars = [calendar.path for calendar in account.calendars.values()]
    assert answer.hrefs == [home, *calendars, *(f"{home}{box}/" for box in ("inbox", "outbox", "notification"))]


def test_what_is_no_calendar_of_events_says_so(account, client, home):
    feed = account.add_subscription("Holidays", "https://example.com/h.ics")
    answer = client.propfind(home, d("resourcetype"), c("supported-calendar-component-set"), depth="1")
    assert types(answer, home) == [d("collection")]
    assert types(answer, f"{home}work/") == [d("collection"), c("calendar")]
    assert types(answer, f"{home}inbox/") == [d("collection"), c("schedule-inbox")]
    assert types(answer, f"{home}outbox/") == [d("collection"), c("schedule-outbox")]
    assert types(answer, f"{home}notification/") == [d("collection"), f"{{{SERVER}}}notification"]
    assert types(answer, feed.path) == [d("collection"), f"{{{SERVER}}}subscribed"]
    kinds = answer.found(f"{home}tasks/", c("supported-calendar-component-set"))
    assert [one.get("name") for one in kinds] == ["VTODO"]


def test_shares_are_marked_and_a_read_only_one_lacks_the_right_to_write(account, client, home):
    account.calendar("work").share()
    team = account.calendar("Team")
    answer = client.propfind(home, d("resourcetype"), d("current-user-privilege-set"), depth="1")
    assert len(team.id) == 64
    assert types(answer, team.path)[-1] == f"{{{SERVER}}}shared"
    assert types(answer, f"{home}work/")[-1] == f"{{{SERVER}}}shared-owner"

    def rights(path):
        return [one[0].tag for one in answer.found(path, d("current-user-privilege-set"))]

    own = [d(name) for name in ("write", "write-properties", "write-content", "bind", "unbind")]
    assert rights(team.path) == [d("read"), c("read-free-busy"), d("read-current-user-privilege-set")]
    assert rights(f"{home}work/") == [*rights(team.path), *own]


def test_names_may_be_the_same_and_colours_have_an_alpha(account, client, home):
    twin = account.add_calendar("Work", "#FF2D55FF")
    assert twin.id == twin.id.upper()
    answer = client.propfind(home, d("displayname"), COLOR, depth="1")
    found = {path: answer.found(path, d("displayname")).text for path in (f"{home}work/", twin.path)}
    assert list(found.values()) == ["Work", "Work"]
    assert answer.found(twin.path, COLOR).text == "#FF2D55FF"


def test_xml_is_spelled_the_way_icloud_spells_it(client, home):
    text = client.propfind(
        home, d("displayname"), COLOR, c("supported-calendar-component-set"), depth="0"
    ).body.decode()
    assert '<multistatus xmlns="DAV:">' in text
    assert '<displayname xmlns="DAV:">Anna Example</displayname>' in text
    assert "<comp name='VEVENT' xmlns='urn:ietf:params:xml:ns:caldav'/>" in text
    assert text.index("200 OK") < text.index('<calendar-color xmlns="http://apple.com/ns/ical/"/>')
    assert text.index("calendar-color") < text.index("404 Not Found")


def test_the_ctag_is_the_sync_token_and_the_home_has_one_too(account, client, home):
    answer = client.propfind(home, CTAG, d("sync-token"), depth="1")
    ctag, token = (answer.found(f"{home}work/", name).text for name in (CTAG, d("sync-token")))
    assert ctag == token
    assert ctag.startswith("HwoQEgwAA")
    assert 60 <= len(ctag) <= 72
    assert answer.found(home, CTAG).text.startswith("HwoQEgwAA")
    assert answer.found(f"{home}outbox/", CTAG) is None


def test_allprop_leaves_the_resourcetype_out(client, home):
    answer = client.ask("PROPFIND", f"{home}work/", '<propfind xmlns="DAV:"><allprop/></propfind>', Depth="0")
    assert answer.found(f"{home}work/", d("resourcetype")) is None
    assert answer.found(f"{home}work/", d("displayname")).text == "Work"


@pytest.mark.parametrize(
    ("method", "path", "body", "depth"),
    [
        ("PROPFIND", "/", ' <propfind xmlns="DAV:"><prop/></propfind>', "0"),
        ("PROPFIND", "/", "<propfind", "0"),
        ("PROPFIND", "/10000001/principal/", '<propfind xmlns="DAV:"><prop/></propfind>', "1"),
        ("GET", "/", "", "0"),
        ("GET", "/10000001/calendars/work/", "", "0"),
        ("LOCK", "/", "", "0"),
        ("REPORT", "/10000001/calendars/", '<calendar-query xmlns="urn:ietf:params:xml:ns:caldav"/>', "1"),
        ("REPORT", "/10000001/calendars/work/", '<free-busy-query xmlns="urn:ietf:params:xml:ns:caldav"/>', "1"),
        ("REPORT", "/10000001/principal/", '<principal-property-search xmlns="DAV:"/>', "0"),
    ],
)
def test_what_icloud_does_not_like_is_400_with_a_page(client, method, path, body, depth):
    answer = client.ask(method, path, body, Depth=depth)
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/html;charset=UTF-8")
    assert answer.body.startswith(b"<html>")


def test_a_body_that_names_a_file_is_not_read(client, home):
    body = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><propfind xmlns="DAV:"><prop>&e;</prop></propfind>'
    assert b"root:" not in client.ask("PROPFIND", home, body, Depth="0").body


def test_hrefs_can_be_absolute_on_the_other_host_and_escaped(icloud, account, client, home):
    account.add_calendar("Mail", id="a@b")
    icloud.switches.hrefs_on = "pod"
    icloud.switches.escaped_hrefs = True
    answer = client.propfind(home, d("displayname"), depth="1")
    assert f"{icloud.pod_url}{home[1:]}a%40b/" in answer.hrefs


def test_the_account_can_move_to_another_pod(icloud, client, home):
    before = icloud.pod_url
    assert icloud.move_pod(old="421") != before
    assert client.propfind(home, d("displayname"), host="pod").status == 207
    assert client.propfind(home, d("displayname"), host=before).status == 421
    assert [entry.host for entry in icloud.log] == ["pod", "old pod"]
    assert client.propfind("/", d("displayname")).headers["X-Apple-User-Partition"] == "43"


def test_the_home_set_can_be_left_out(icloud, account, client):
    icloud.switches.home_known = False
    principal = f"/{account.dsid}/principal/"
    answer = client.propfind(principal, c("calendar-home-set"))
    assert answer.found(principal, c("calendar-home-set")) is None
