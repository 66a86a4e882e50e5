"""What the soak test reports of log files."""

from __future__ import annotations

from pathlib import Path

from soak.deployment import Deployment
from soak.run import errors_in_logs

WORKER_LOG = """\
2026-11-22 17:55:05,833 CRITICAL django-q: reincarnated worker Process-1 after death
2026-11-22 17:55:06,000 WARNING kalends: something odd
2026-11-22 17:55:07,000 ERROR kalends: pushing 7 failed
2026-11-22 17:55:08,000 ERROR kalends: pushing 8 failed
Traceback (most recent call last):
  File "somewhere.py", line 1, in <module>
ValueError: no
"""


def deployment(folder: Path) -> Deployment:
    return Deployment(folder, "", 1)


def test_each_kind_of_error_in_the_logs_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "worker-1.log").write_text(WORKER_LOG)
    found = [sentence.splitlines()[0] for sentence in errors_in_logs(deployment(tmp_path))]
    assert found == [
        "2 times in logs, worker-1.log: 2026-11-22 17:55:08,000 ERROR kalends: pushing 8 failed",
        "1 times in logs, worker-1.log: Traceback (most recent call last):",
    ]


def test_without_errors_nothing_is_reported(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "web.log").write_text("2026-11-22 17:55:06,000 WARNING kalends: something odd\n")
    assert list(errors_in_logs(deployment(tmp_path))) == []
