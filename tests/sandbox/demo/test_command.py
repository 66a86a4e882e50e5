"""`manage.py demo` with its real processes: one address, everything behind it, and nothing left afterwards."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from sandbox.demo.folder import FIRST_PORTS
from tests.sandbox.demo.running import ROOT, Demo

pytestmark = pytest.mark.processes


def parents() -> dict[int, int]:
    """Every process of this machine and its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            found[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    return found


def groups_of(demo: Demo) -> list[int]:
    """The processes that a demo started, each of which leads a group."""
    return [pid for pid, parent in parents().items() if parent == demo.process.pid]


def members(groups: list[int]) -> list[int]:
    """Everybody who is in one of these groups."""
    found = []
    for pid in parents():
        with suppress(OSError):
            if os.getpgid(pid) in groups:
                found.append(pid)
    return found


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "kalends.sqlite3")) as database:
        return database.execute(query).fetchall()


def soon(check: Callable[[], bool], seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


class Visitor:
    """A browser with cookies and without scripts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def read(self, path: str) -> str:
        """A page below the demo's."""
        return str(self.opener.open(self.address + path, timeout=10).read().decode())

    def press(self, path: str) -> str:
        """Press one of the page's buttons; the page that follows."""
        self.opener.open(self.address, timeout=10).read()
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
        return str(self.opener.open(self.address + path, form, timeout=10).read().decode())


def opened(address: str, form: list[tuple[str, str]] | None = None) -> html.HtmlElement:
    """A page as somebody without cookies gets it; its links are absolute."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(address, data, timeout=10) as answer:
        return html.document_fromstring(answer.read().decode(), base_url=answer.url)


def link_to(page: html.HtmlElement, words: str) -> str:
    """The address of the first link with these words."""
    page.make_links_absolute()
    return str(next(link.get("href") for link in page.iter("a") if words in link.text_content()))


def book(address: str) -> str:
    """Book the earliest massage as a client does; the heading of the last page."""
    page = opened(link_to(opened(address), "Massage"))
    page.make_links_absolute()
    earliest = page.xpath("//div[@aria-labelledby='first']/button")[0]
    [form] = page.xpath("//main/form")
    page = opened(form.action, [*form.form_values(), (earliest.get("name"), earliest.get("value"))])
    page.make_links_absolute()
    [form] = page.xpath("//main/form")
    form.fields.update(name="Clara Neu", email="clara.neu@example.org", reminders="yes")
    return str(opened(form.action, form.form_values()).xpath("string(//h1)")).strip()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Start demos in one directory; whatever is left of them ends with the test."""
    started: list[Demo] = []

    def begin(*options: str) -> Demo:
        started.append(Demo(tmp_path / "demo", *options))
        return started[-1]

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.stop()


@pytest.mark.today
def test_a_demo_starts_shows_itself_ends_and_goes_on(start) -> None:
    with closing(occupied(FIRST_PORTS["web"])):
        demo = start()
        address = demo.address()
    assert urllib.parse.urlsplit(address).port != FIRST_PORTS["web"]
    assert "Sign in as" in read(address)
    assert (demo.folder / "staticfiles" / "staticfiles.json").exists()  # and the checkout's are left alone

    # A booking dragged on the iPhone moves in Kalends, by nothing but the demo's own processes.
    visitor = Visitor(address)
    assert "aria-current" in visitor.press("sign-in/mara/")
    visitor.press("drag/")
    moves = "select source from bookings_bookingchange where kind = 'moved'"
    assert soon(lambda: rows(demo.folder, moves) == [("phone",)])

    worker = next(pid for pid in groups_of(demo) if b"qcluster" in Path(f"/proc/{pid}/cmdline").read_bytes())
    left = members([worker])
    os.kill(worker, signal.SIGKILL)
    assert demo.process.stderr.readline().startswith("Ctrl-C")
    assert demo.process.stderr.readline().startswith("worker had ended (-9) and was started again; its log: ")
    assert soon(lambda: not set(left) & set(parents()))
    visitor.press("drag/")
    assert soon(lambda: rows(demo.folder, moves) == [("phone",), ("phone",)])

    # What is booked on the client's phone is on the iPhone and mailed, again by nothing but the demo's processes.
    assert book(urllib.parse.urljoin(address, "/book/with/mara-winter/")) == "Your appointment is booked"
    state = """select state from bookings_linkedevent event join bookings_seat seat using (booking_id)
        join bookings_client client on client.id = seat.client_id where client.name = 'Clara Neu'"""
    assert soon(lambda: rows(demo.folder, state) == [("pushed",)])
    assert soon(lambda: "clara.neu@example.org" in visitor.read("mails/"))

    second = start()
    assert second.process.wait(60) == 1
    assert address in second.process.stderr.read()

    groups = groups_of(demo)
    assert len(members(groups)) >= 8  # stand-in, reaper, polls, web and its worker, queue and its workers
    code, out, _err = demo.stop(signal.SIGINT)
    assert (code, out, members(groups)) == (0, "", [])

    again = start("--json")
    answer = json.loads(again.process.stdout.readline())
    assert list(answer) == ["address"]
    assert rows(demo.folder, moves) == [("phone",), ("phone",)]
    groups = groups_of(again)
    assert again.stop(signal.SIGTERM)[0] == 0
    assert members(groups) == []

    anew = start("--reset")
    anew.address()
    assert rows(demo.folder, moves) == []
    groups = groups_of(anew)
    anew.process.kill()
    anew.process.wait()
    assert soon(lambda: members(groups) == [])


def occupied(port: int) -> socket.socket:
    """Somebody else's server, if there is none yet."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        listener.bind(("127.0.0.1", port))
        listener.listen()
    return listener


def test_the_steps_of_a_demo_are_nothing_for_a_deployment(tmp_path: Path) -> None:
    for command in (["demo_prepare", f"--data={tmp_path}"], ["demo_polls"]):
        environment = {"PATH": os.environ["PATH"], "DEBUG": "true"}
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert "run `kalends demo`" in done.stderr
