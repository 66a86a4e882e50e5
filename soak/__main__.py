"""`make soak MINUTES=10`: staff, clients, iPhones and faults at random, then an audit. Exit 0 only without findings.

Environment variables: MINUTES is the duration and SEED the seed of the random generators. DATABASE_URL names a
PostgreSQL server, on which a database is created for this run; without it the database is a SQLite file. KEEP=1 keeps
the folder with the logs, and that database. NAMESPACES=2 starts two workers, each in a network namespace of its own,
with one PostgreSQL and one Redis (Linux, as root, with Debian's redis-server).
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.databases import database
from soak.deployment import Deployment, free_port
from soak.network import several_machines


def main() -> int:
    """Run the soak test that the environment variables describe; returns the exit code."""
    minutes = float(os.environ.get("MINUTES") or 10)
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    namespaces = int(os.environ.get("NAMESPACES") or 0)
    address = os.environ.get("DATABASE_URL", "")
    if namespaces and (refusal := several_machines.refusal(address)):
        sys.stderr.write(refusal + "\n")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="kalends-soak-"))
    sys.stdout.write(f"SEED={seed} MINUTES={minutes:g} NAMESPACES={namespaces} in {folder}\n")
    sys.stdout.flush()
    good = False
    try:
        with database(folder, address, "soak", keep=bool(os.environ.get("KEEP"))) as url:
            good = _run(Deployment(folder, url, free_port()), minutes, seed, namespaces)
    finally:
        if good and not os.environ.get("KEEP"):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            sys.stdout.write(f"SEED={seed}; the logs are in {folder}\n")
    return 0 if good else 1


def _run(deployment: Deployment, minutes: float, seed: str, namespaces: int) -> bool:
    from sandbox.server.server import Sandbox
    from soak.mails.server import MailServer

    with ExitStack() as stack:
        icloud = stack.enter_context(Sandbox())
        mail_server = stack.enter_context(MailServer(free_port(), seed))
        if namespaces:
            ports = (urlsplit(icloud.entry_url).port or 80, mail_server.port)
            deployment = stack.enter_context(several_machines.spread(deployment, namespaces, ports))
        environment = deployment.environment(icloud.entry_url, mail_server.port)
        os.environ.update(environment)
        import django

        django.setup()
        from django.db import connection

        from soak.run import run

        try:
            return run(deployment, icloud, mail_server, environment, minutes=minutes, seed=seed)
        finally:
            connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
