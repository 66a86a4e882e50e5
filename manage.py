#!/usr/bin/env python3
"""`kalends` for a checkout that is not installed."""

from __future__ import annotations

import sys

from config.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
