"""`python -m soak.network.run_inside NAMESPACE ARGUMENTS…`: becomes `python ARGUMENTS…` in that namespace.

The process id stays, so that whoever started it can kill it.
"""

from __future__ import annotations

import os
import sys

from soak.network.namespaces import enter

if __name__ == "__main__":
    enter(sys.argv[1])
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])  # noqa: S606 - our own command
