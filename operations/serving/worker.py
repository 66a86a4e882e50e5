"""The worker: the cluster of django-q2 in this process and its child processes."""

from __future__ import annotations

from django_q import cluster

from connections.worker.supervisor import Cluster, Supervisor


def run_cluster() -> None:
    """Work until SIGTERM or SIGINT stops the cluster. Raises SystemExit with 1 if its supervisor ended by itself."""
    cluster.Sentinel = Supervisor
    running = Cluster()
    running.start()
    supervisor = running.sentinel
    supervisor.join()
    if not running.stopping:
        raise SystemExit(1)
