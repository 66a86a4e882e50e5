"""The command `backup`, as a shell runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from operations.backup.keys import identity_of
from tests.factories import ClientFactory
from tests.operations.backup.deployment import Deployment, deployment  # noqa: F401 - a fixture
from tests.operations.management.shell import ROOT, environment_of, manage
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.processes


def test_it_writes_a_file_and_says_what_is_in_it(deployment: Deployment) -> None:  # noqa: F811
    ClientFactory.create()
    deployment.upload("logo.png", b"x")
    done = manage(deployment, "backup", str(deployment.target), "--json")
    data = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (data["file"], data["size"]) == (str(deployment.target), deployment.target.stat().st_size)
    assert (data["database"], data["uploads"]) == (connection.vendor, 1)
    again = manage(deployment, "backup", str(deployment.target), "--overwrite")
    assert again.stdout == f"Written and checked: {deployment.target} (rows: {data['rows']}, uploads: 1).\n"


def test_a_refusal_is_one_sentence_and_exit_two(deployment: Deployment) -> None:  # noqa: F811
    deployment.target.write_text("mine")
    done = manage(deployment, "backup", str(deployment.target))
    sentence = f"{deployment.target} exists. Choose another name, or add --overwrite.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)
    done = manage(deployment, "backup")
    assert (done.returncode, done.stderr) == (2, "Give the FILE to write, such as kalends.backup.\n")


def test_a_new_key_is_printed_before_anything_is_set(deployment: Deployment) -> None:  # noqa: F811
    done = manage(deployment, "backup", "--new-key", BACKUP_KEY="", DEBUG="false")
    assert (done.returncode, done.stderr, str(identity_of(done.stdout))) == (0, "", done.stdout.strip())


def test_the_programs_of_postgresql_are_asked_for_by_name(deployment: Deployment, tmp_path: Path) -> None:  # noqa: F811
    is_sqlite = connection.vendor == "sqlite"  # which needs none
    done = manage(deployment, "backup", str(deployment.target), PATH=str(tmp_path))
    sentence = "pg_dump is missing. Install the client programs of PostgreSQL (Debian: postgresql-client).\n"
    assert (done.returncode, done.stderr) == ((0, "") if is_sqlite else (2, sentence))
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o700)
    done = manage(deployment, "backup", str(deployment.target), "--overwrite", PATH=f"{tmp_path}:/bin")
    begins = done.stderr.startswith("pg_dump is of PostgreSQL 9, but the server is ")
    assert (done.returncode, begins) == ((0, False) if is_sqlite else (2, True))


def test_a_wrong_password_of_the_database_is_not_repeated(deployment: Deployment) -> None:  # noqa: F811
    tail = deployment.url.rpartition("@")[2] if connection.vendor == "postgresql" else "127.0.0.1:1/kalends"
    url = f"postgres://kalends:a-wrong-password@{tail}"
    done = manage(deployment, "backup", str(deployment.target), DATABASE_URL=url)
    assert (done.returncode, "a-wrong-password" in done.stdout + done.stderr) == (1, False)


def test_what_is_ended_leaves_nothing(deployment: Deployment) -> None:  # noqa: F811
    with deployment.upload("large", b"").open("wb") as file:
        for _ in range(200):
            file.write(os.urandom(1_000_000))
    command = [sys.executable, "manage.py", "backup", str(deployment.target)]
    started = subprocess.Popen(command, cwd=ROOT, env=environment_of(deployment))
    folder = deployment.target.parent
    while not any(path.stat().st_size for path in folder.glob(".*.part")):  # until it writes
        assert started.poll() is None
        os.sched_yield()
    started.terminate()
    assert (started.wait(30), list(folder.iterdir())) == (143, [])
    assert list((deployment.home / "data").glob(".*")) == []
