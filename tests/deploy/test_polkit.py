"""The rule for polkit, which is JavaScript, decides as it says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

RULES = Path(__file__).parents[2] / "deploy" / "polkit" / "kalends.rules"
POLKIT = """
const rules = [];
const polkit = {addRule: rule => rules.push(rule), Result: {YES: "yes", NOT_HANDLED: "not handled"}};
"""
ASK = """
const asked = JSON.parse(process.argv[1]);
const action = {id: asked.id, lookup: name => asked[name]};
console.log(rules.map(rule => rule(action, {user: asked.user})).join());
"""
MANAGE = "org.freedesktop.systemd1.manage-units"


@pytest.mark.parametrize(
    ("user", "unit", "verb", "action", "answer"),
    [
        ("kalends", "kalends.service", "stop", MANAGE, "yes"),
        ("kalends", "kalends-worker.service", "start", MANAGE, "yes"),
        ("kalends-winter", "kalends@winter.service", "stop", MANAGE, "yes"),
        ("kalends-winter", "kalends@summer.service", "stop", MANAGE, "not handled"),
        ("kalends-winter", "kalends.service", "stop", MANAGE, "not handled"),
        ("kalends", "ssh.service", "stop", MANAGE, "not handled"),
        ("kalends", "kalends.service", "kill", MANAGE, "not handled"),
        ("kalends", "kalends.service", "stop", "org.freedesktop.systemd1.manage-unit-files", "not handled"),
        ("anna", "kalends.service", "stop", MANAGE, "not handled"),
    ],
)
def test_each_user_may_stop_and_start_its_own_units(user: str, unit: str, verb: str, action: str, answer: str) -> None:
    asked = json.dumps({"user": user, "unit": unit, "verb": verb, "id": action})
    script = POLKIT + RULES.read_text() + ASK
    done = subprocess.run(["node", "-e", script, asked], capture_output=True, text=True, check=True)
    assert done.stdout == answer + "\n"
