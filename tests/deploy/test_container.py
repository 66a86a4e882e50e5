"""The container's files: every setting reaches the processes, and nothing runs as root or writes outside its volume."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
OWN = {"KALENDS_HOME", "DEBUG"}  # set by the image, and never set in a deployment


def words(pattern: str, file: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


def test_compose_passes_every_setting_on() -> None:
    documented = words(r"^\| `([A-Z_]+)`", "docs/settings.md")
    assert documented - OWN - words(r"^    ([A-Z_]+):", "compose.yaml") == set()


def test_the_containers_of_kalends_have_a_read_only_root_and_no_capability() -> None:
    hardened = {"read_only: true", "cap_drop: [ALL]", "tmpfs: [/tmp]"}
    assert words(r"^  (read_only: .*|cap_drop: .*|tmpfs: .*)$", "compose.yaml") == hardened


def test_the_image_runs_as_an_unprivileged_user_with_a_health_check_and_a_base_that_can_be_chosen() -> None:
    found = words(r"^(ARG BASE|FROM \S+|USER \S+|HEALTHCHECK|VOLUME \S+)", "Containerfile")
    assert found == {"ARG BASE", "FROM ${BASE}", "USER 10001:10001", "HEALTHCHECK", "VOLUME /data"}


def test_what_the_wheel_needs_reaches_the_build() -> None:
    kept = words(r"^!(\S+)$", ".containerignore")
    packages = re.search(r"^packages = \[(.*)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert packages is not None
    assert (set(re.findall(r'"(\w+)"', packages[1])) | {"locale", "static", "templates"}) - kept == set()
