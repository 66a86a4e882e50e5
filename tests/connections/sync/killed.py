"""Run a command of manage.py in a process that is killed when it gets to a certain place.

    python -m tests.connections.killed connections.apply.finish:1 sync_calendars

The process gets SIGKILL when the function is called for the n-th time; with `after` instead of `:`, when it returned;
with `given WORD` when it is called with an argument in whose text that word stands.
Not more than 100 events are stored in one transaction, so that a small calendar takes several.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from importlib import import_module
from typing import Any

import django


def die_at(place: str) -> None:
    """Arm the trap: `module.function:n`, `module.function after n` or `module.function given WORD`."""
    if " given " in place:
        die_given(*place.split(" given "))
        return
    found = re.fullmatch(r"(.+)\.(\w+)(:| after )(\d+)", place)
    assert found is not None, place
    module, name, when, count = found.groups()
    owner = import_module(module)
    original = getattr(owner, name)
    left = int(count)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and when == ":":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, trapped)


def die_given(place: str, word: str) -> None:
    """Arm the trap for a call with that word."""
    module, _, name = place.rpartition(".")
    owner = import_module(module)
    original = getattr(owner, name)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        if word in repr(args):
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(owner, name, trapped)


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    from connections.sync import apply

    apply.MAX_EVENTS = 100
    die_at(sys.argv[1])
    call_command(*sys.argv[2:])
