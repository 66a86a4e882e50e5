"""Does an occurrence block, and why: the table, rule by rule and in its order."""

from __future__ import annotations

import pytest

from connections.ical import Rules, reduce
from tests.connections.ical.museum import ANNA, calendar, expanded

TIMED = "UID:x\nDTSTART:20261201T090000Z\nDTEND:20261201T100000Z\n"
ALL_DAY = "UID:x\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261202\n"
CANCELLED, FREE, BUSY = "STATUS:CANCELLED\n", "TRANSP:TRANSPARENT\n", "TRANSP:OPAQUE\n"
MARKED, ALWAYS, NEVER = Rules(), Rules(all_day="always"), Rules(all_day="never")
LENIENT = Rules(invitations_block=False)


def me(answer: str) -> str:
    return f"ATTENDEE;CN=Anna;PARTSTAT={answer}:mailto:anna@example.com\n"


TABLE = [
    (TIMED, MARKED, (True, "busy")),
    (TIMED + BUSY, MARKED, (True, "busy")),
    (TIMED + FREE, MARKED, (False, "free")),
    (TIMED + "TRANSP:Transparent\n", MARKED, (False, "free")),
    (TIMED + FREE, ALWAYS, (False, "free")),
    (TIMED + CANCELLED + me("ACCEPTED"), MARKED, (False, "cancelled")),
    (ALL_DAY + CANCELLED, ALWAYS, (False, "cancelled")),
    (TIMED + me("DECLINED") + FREE, MARKED, (False, "declined")),
    (ALL_DAY + me("DECLINED"), ALWAYS, (False, "declined")),
    (ALL_DAY, MARKED, (True, "busy")),
    (ALL_DAY + FREE, MARKED, (False, "free")),
    (ALL_DAY + FREE, ALWAYS, (True, "all_day_rule")),
    (ALL_DAY + BUSY, NEVER, (False, "all_day_rule")),
    (ALL_DAY + me("TENTATIVE"), NEVER, (False, "all_day_rule")),
    (TIMED + me("TENTATIVE") + FREE, LENIENT, (False, "free")),
    (TIMED + me("TENTATIVE"), LENIENT, (False, "invitation_rule")),
    (TIMED + me("NEEDS-ACTION"), LENIENT, (False, "invitation_rule")),
    (TIMED + me("NEEDS-ACTION"), MARKED, (True, "invitation_rule")),
    (TIMED + "ATTENDEE:mailto:anna@example.com\n", LENIENT, (False, "invitation_rule")),
    (TIMED + me("ACCEPTED"), LENIENT, (True, "busy")),
    (TIMED + "STATUS:TENTATIVE\n", LENIENT, (True, "busy")),
    (TIMED + "ATTENDEE;PARTSTAT=DECLINED:mailto:bert@example.com\n", MARKED, (True, "busy")),
    (TIMED + me("DECLINED") + me("ACCEPTED"), MARKED, (True, "busy")),
    ("UID:x\nDTSTART:20261201T090000Z\nDTEND:lost\n" + CANCELLED, MARKED, (True, "unreadable")),
]


@pytest.mark.parametrize(("event", "rules", "verdict"), TABLE)
def test_the_first_rule_that_matches_decides(event, rules, verdict):
    for data in (calendar(event), reduce(calendar(event), titles=False, addresses=ANNA)):
        instance = expanded(data, rules=rules).instances[0]
        assert (instance.blocks, instance.reason) == verdict


@pytest.mark.parametrize(
    "attendee",
    [
        "ATTENDEE;PARTSTAT=DECLINED:MAILTO:Anna@Example.com",
        "ATTENDEE;PARTSTAT=DECLINED:anna@example.com",
        'ATTENDEE;CN="Example; Anna: Dr";PARTSTAT=DECLINED:mailto:anna%40example.com',
        "ATTENDEE;PARTSTAT=DECLINED;EMAIL=anna@example.com:mailto:2_GEZDG@imip.me.com",
        "ATTENDEE;PARTSTAT=DECLINED:/10000001/principal/",
        "ATTENDEE;PARTSTAT=DECLINED:/10000001/principal",
        "ATTENDEE;PARTSTAT=DECLINED:https://p42-caldav.icloud.com:443/10000001/principal/",
        "attendee;partstat=declined:mailto:anna@example.com",
    ],
)
def test_the_own_answer_is_found_under_every_spelling_of_the_own_address(attendee):
    data = calendar(TIMED + attendee)

    assert expanded(data).instances[0].reason == "declined"
    assert expanded(reduce(data, titles=False, addresses=ANNA)).instances[0].reason == "declined"


def test_each_override_is_judged_by_itself():
    master = "UID:x\nDTSTART:20261201T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4"
    overrides = [
        f"UID:x\nRECURRENCE-ID:2026120{day}T090000Z\nDTSTART:2026120{day}T090000Z\nDURATION:PT1H\n{line}"
        for day, line in ((2, CANCELLED), (3, FREE), (4, me("DECLINED")))
    ]

    reasons = [instance.reason for instance in expanded(calendar(master, *overrides)).instances]

    assert reasons == ["busy", "cancelled", "free", "declined"]


def test_a_cancelled_slot_keeps_its_place_with_the_mark_free():
    instance = expanded(calendar(TIMED + FREE + CANCELLED)).instances[0]

    assert (instance.free_marked, instance.reason) == (True, "cancelled")
