from __future__ import annotations

from sandbox.xml import c, d
from tests.sandbox.client import Client


def test_the_root_names_the_principal_and_the_principal_the_home_on_the_pod(icloud, account, client):
    root = client.propfind("/", d("current-user-principal"))
    assert root.status == 207
    principal = root.found("/", d("current-user-principal")).findtext(d("href"))
    assert principal == f"/{account.dsid}/principal/"
    home = client.propfind(principal, c("calendar-home-set"), c("calendar-user-address-set"))
    assert home.found(principal, c("calendar-home-set")).findtext(d("href")) == (
        f"{icloud.pod_url}{account.dsid}/calendars/"
    )
    addresses = [one.text for one in home.found(principal, c("calendar-user-address-set"))]
    assert addresses == ["mailto:anna@example.com", principal, f"urn:uuid:{account.dsid}"]


def test_entry_and_pod_serve_the_same_paths(client, account):
    path = f"/{account.dsid}/calendars/"
    names = [d("displayname"), c("supported-calendar-component-set")]
    on_entry, on_pod = (client.propfind(path, *names, depth="1", host=host) for host in ("entry", "pod"))
    assert on_entry.body == on_pod.body


def test_the_well_known_address_leads_to_the_root_of_the_entry_host(icloud, client):
    answer = Client(icloud, client.account, None).ask("PROPFIND", "/.well-known/caldav")
    assert (answer.status, answer.headers["Location"]) == (301, icloud.entry_url)
