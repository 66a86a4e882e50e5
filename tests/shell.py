"""Running commands in the process of the test, at a fixed time, as a program would: with --json."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.factories import NOW


@dataclass(frozen=True)
class Answer:
    """How a command ended: its exit code, the JSON on standard output, the sentence it failed with."""

    code: int
    json: Any
    error: str = ""


def ask(name: str, *arguments: object, now: datetime = NOW) -> Answer:
    """Run a command with --json at `now`."""
    out = io.StringIO()
    code, error = 0, ""
    with time_machine.travel(now, tick=False):
        try:
            call_command(name, *map(str, arguments), "--json", stdout=out)
        except CommandError as failure:
            code, error = failure.returncode, str(failure)
    return Answer(code, json.loads(out.getvalue()), error)


def refusal(sentence: str) -> Answer:
    """What a command that refuses answers: exit 2, the sentence on standard error and in the JSON."""
    return Answer(2, {"error": sentence}, sentence)


def shown(name: str, *arguments: object, now: datetime = NOW) -> str:
    """What a command prints for people, refusals left out."""
    out = io.StringIO()
    with time_machine.travel(now, tick=False):
        call_command(name, *map(str, arguments), stdout=out, no_color=True)
    return out.getvalue()
