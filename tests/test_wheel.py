"""The wheel: it can be built without network, has what Kalends reads when it runs and nothing else, and serves."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from practice.version import version
from tests.test_requirements import declared, normalized

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"availability", "bookings", "config", "connections", "operations", "practice", "sandbox"}
FILES = ("locale", "static", "templates")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", *offline, "-w", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts of an environment with the wheel; what it depends on comes from that of the tests."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    (packages / "tests.pth").write_text(sysconfig.get_path("purelib"))
    options = ("--quiet", "--no-deps", "--no-index", "--no-compile")
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", *options, wheel], check=True)
    return folder / "bin"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".env").write_text(f"SECRET_KEY={'abcdefgh' * 6}\nFERNET_KEYS={'hgfedcba' * 6}\n")
    (tmp_path / ".env").chmod(0o600)
    return tmp_path


def kalends(installed: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "de_DE.UTF-8"}
    return subprocess.run(
        [installed / "kalends", *arguments], cwd=home, env=environment, capture_output=True, text=True
    )


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(f"kalends-{version()}.dist-info/METADATA"))


def tracked(*folders: str) -> set[str]:
    """The files in these folders that belong to the repository."""
    listed = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_has_the_code_and_all_files_that_are_read_when_kalends_runs(wheel: Path) -> None:
    code = {name for name in names(wheel) if not name.startswith("config/files/")}
    files = {name.removeprefix("config/files/") for name in names(wheel) - code}
    assert tracked(*PACKAGES) - code == set()
    assert tracked(*FILES) - files == set()
    assert {name.partition("/")[0] for name in code} == PACKAGES
    assert {name.partition("/")[0] for name in files} == set(FILES)
    assert [name for name in code if "__pycache__" in name or name.endswith(".pyc")] == []


def test_what_is_only_for_developers_is_not_in_the_wheel(wheel: Path) -> None:
    parts = {part for name in names(wheel) for part in Path(name).parts}
    assert parts & {"soak", "benchmarks", "tests", "conftest.py", "manage.py"} == set()


def test_the_wheel_needs_what_the_requirements_say(wheel: Path) -> None:
    needed = {"": set(), "demo": set(), "sentry": set()}
    for line in metadata(wheel).get_all("Requires-Dist", []):
        name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        extra = re.search(r"extra == '(\w+)'", line)
        needed[extra[1] if extra else ""].add(normalized(name))
    of_demo = declared("demo.in") - declared("base.in")
    assert needed == {"": declared("base.in"), "demo": of_demo, "sentry": declared("sentry.in")}
    assert metadata(wheel)["Version"] == version()


def test_the_build_backend_is_pinned_to_the_version_for_tests() -> None:
    required = re.search(r'^requires = \["(.+)"\]', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert required
    assert set(required[1].split('", "')) <= set((ROOT / "requirements" / "dev.in").read_text().splitlines())


def test_the_installed_wheel_migrates_checks_and_serves_german_pages_with_styles(installed: Path, home: Path) -> None:
    assert kalends(installed, home, "version").stdout == f"{version()}\n"
    refused = kalends(installed, home, "run", "--json")
    assert (refused.returncode, "kalends migrate" in json.loads(refused.stdout)["error"]) == (2, True)
    migrated = kalends(installed, home, "migrate", "--verbosity=0")
    assert (migrated.returncode, migrated.stderr) == (0, "")
    checked = kalends(installed, home, "check", "--deploy")
    assert (checked.returncode, "kalends.W004" in checked.stderr) == (0, True)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    command = [installed / "kalends", "run", "--json", "--bind=127.0.0.1:0"]
    with subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            address = json.loads(process.stdout.readline())["address"]
            page = fetched(f"{address}/accounts/login/")
            assert '<html lang="de"' in page
            sheet = re.search(r'href="(/static/app\.[0-9a-f]{12}\.css)"', page)
            assert sheet
            assert "{" in fetched(address + sheet[1])
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    assert {path.name for path in home.iterdir()} == {".env", "data", "staticfiles"}


def fetched(url: str) -> str:
    request = urllib.request.Request(url, headers={"Accept-Language": "de"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())
