"""People of the practice who look at every page that their pages link to, again and again."""

from __future__ import annotations

import re
from threading import Event
from typing import Final

from soak.web import Browser, NoAnswer

START: Final = "/"
MAX_PAGES: Final = 80
PAUSE_SECONDS: Final = 2.0
LINK: Final = re.compile(r'href="(/[^"#]*)"')
NO_PAGES: Final = re.compile(r"^/(static/|accounts/|media/|.*\.(?:ics|png|svg|json|webmanifest|zip)(?:\?|$))")


def walk(address: str, username: str, password: str, ended: Event) -> tuple[int, set[str]]:
    """Sign in and open pages until `ended` is set; returns how many pages were shown, and the addresses that failed.

    Raises RuntimeError if the sign-in fails.
    """
    browser, shown, failed = Browser(address), 0, set()
    if not browser.sign_in(username, password):
        raise RuntimeError(f"{username} cannot sign in")
    waiting, seen = [START], {START}
    while not ended.is_set():
        if not waiting:
            waiting, seen = [START], {START}
        path = waiting.pop(0)
        try:
            page = browser.get(path)
        except NoAnswer:
            failed.add(path)
            continue
        shown += page.status == 200
        if page.status >= 400:
            failed.add(path)
        found = [link.replace("&amp;", "&") for link in LINK.findall(page.text)]
        for link in found:
            if link not in seen and len(seen) < MAX_PAGES and not NO_PAGES.match(link):
                seen.add(link)
                waiting.append(link)
        ended.wait(PAUSE_SECONDS)
    return shown, failed
