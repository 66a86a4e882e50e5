#!/usr/bin/env python3
"""Django's command line for Kalends."""

from __future__ import annotations

import json
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> int:
    """Run a command. Invalid settings are reported in one sentence, with --json as JSON as well."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if any(argument.startswith("demo") for argument in arguments[1:2]):
        os.environ["DEMO"] = "true"  # the demo's commands belong to the sandbox, which is installed for the demo only
    try:
        hasattr(settings, "INSTALLED_APPS")  # reads them all
    except ImproperlyConfigured as error:
        if "--json" in arguments:
            print(json.dumps({"error": str(error)}, indent=2))  # noqa: T201 - no command is there yet to print it
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    execute_from_command_line(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
