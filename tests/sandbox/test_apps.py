"""The sandbox is installed for the demo only, and the demo says which packages it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PATH": os.environ["PATH"], "DEBUG": "true"}


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT | environment, capture_output=True, text=True
    )


def test_a_deployment_does_not_install_the_sandbox() -> None:
    code = "from config import settings; print([app for app in settings.INSTALLED_APPS if 'sandbox' in app])"
    assert run_python(code).stdout == "[]\n"
    assert run_python(code, DEMO="true").stdout == "['sandbox.apps.SandboxConfig']\n"


@pytest.mark.parametrize(
    ("environment", "ancestors"),
    [
        ({}, ["'none'"]),
        ({"DEMO_FRAME_ANCESTOR": "'self'"}, ["'none'"]),
        ({"DEMO": "true", "DEMO_FRAME_ANCESTOR": "'self'"}, ["'self'"]),
    ],
    ids=["deployment", "without-demo", "demo"],
)
def test_only_the_demo_shows_pages_in_frames(environment: dict[str, str], ancestors: list[str]) -> None:
    code = "from config import settings; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['frame-ancestors'])"
    assert run_python(code, **environment).stdout == f"{ancestors}\n"


def test_a_deployment_runs_without_the_packages_of_the_sandbox() -> None:
    code = (
        "import sys; sys.modules['werkzeug'] = None; from config.command_line import main; main(['manage.py', 'check'])"
    )
    done = run_python(code)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n")


def test_without_its_packages_the_demo_says_what_to_install(tmp_path: Path) -> None:
    arguments = ["manage.py", "demo", f"--data={tmp_path}", "--json"]
    code = f"import sys; sys.modules['werkzeug'] = None; from config.command_line import main; main({arguments})"
    done = run_python(code)
    sentence = "The demo needs more packages: run `make demo` or install “kalends[demo]”."
    assert (done.returncode, json.loads(done.stdout)) == (1, {"error": sentence})
    assert list(tmp_path.iterdir()) == []
