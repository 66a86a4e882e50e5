"""The processes of the deployment under test."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from soak.deployment import children


@pytest.mark.processes
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes as Linux shows them")
def test_the_children_of_a_process_are_found() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert child.pid in children(os.getpid())
    finally:
        child.kill()
        child.wait()
