#!/usr/bin/env python3
"""Django's command line for Kalends."""

from __future__ import annotations

import json
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, ManagementUtility
from django.utils import translation

from config.operator_language import operator_language, speak


class Console(ManagementUtility):
    """Django's command line in the language of whoever types; commands that are called by code stay in theirs."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        translation.activate(operator_language(os.environ))  # not sooner: it asks all apps for their words
        return super().fetch_command(subcommand)


def main(arguments: list[str]) -> int:
    """Run a command. Invalid settings are reported in one sentence, with --json as JSON as well."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if any(argument.startswith("demo") for argument in arguments[1:2]):
        os.environ["DEMO"] = "true"  # the demo's commands belong to the sandbox, which is installed for the demo only
    speak(operator_language(os.environ), os.environ)
    try:
        hasattr(settings, "INSTALLED_APPS")  # reads them all
    except ImproperlyConfigured as error:
        if "--json" in arguments:
            print(json.dumps({"error": str(error)}, indent=2))  # noqa: T201 - no command is there yet to print it
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    Console(arguments).execute()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
