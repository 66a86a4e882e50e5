"""Answers made to cost memory and time: in a process of its own each stays below 300 MB and 5 seconds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from connections.dav.client import Answer
from connections.dav.errors import TimedOut

BEGIN = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">'
END = "</d:multistatus>"
MANY_HREFS = "".join(f"<d:href>/1/calendars/work/{number}.ics</d:href>" for number in range(450_000))

HOSTILE = {
    "empty elements": lambda: "<a/>" * 8_000_000,
    "as many empty elements as are allowed": lambda: "<a/>" * 990_000,
    "hrefs": lambda: "<d:response>" + "<d:href>/</d:href>" * 1_700_000 + "</d:response>",
    "as many hrefs as are allowed": lambda: f"<d:response>{MANY_HREFS}</d:response>",
    "attributes": lambda: "<a " + " ".join(f'x{number}=""' for number in range(490_000)) + "/>",
    "properties": lambda: (
        "<d:response><d:href>/a.ics</d:href><d:propstat><d:prop>"
        + "".join(f"<a{number}/>" for number in range(980_000))
        + "</d:prop></d:propstat></d:response>"
    ),
}


@pytest.mark.processes
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_answer_stays_below_the_limits(what: str) -> None:
    program = f"""
import resource, time
from connections.dav.errors import DavError
from connections.dav.multistatus import parse_multistatus
from tests.connections.dav.test_hostile_answers import BEGIN, END, HOSTILE

body = (BEGIN + HOSTILE[{what!r}]() + END).encode()
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    parse_multistatus(body, "/")
except DavError:
    pass
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(time.process_time() - began, (after - before) // 1024)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    seconds, megabytes = map(float, ran.stdout.split())
    assert (seconds < 5, megabytes < 200) == (True, True), (seconds, megabytes)


def test_an_answer_that_is_parsed_too_late_does_not_count() -> None:
    answer = Answer("/", "", 207, {}, (BEGIN + END).encode(), until=0.0)
    with pytest.raises(TimedOut):
        answer.multistatus()
