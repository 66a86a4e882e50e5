"""Do the tables of the database fit this version? Whoever has to know asks here.

A migration is named as `app.name`. What reads the database raises DatabaseError if it does not answer.
"""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _


def missing_migrations() -> list[str]:
    """The migrations that are to be applied, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, backwards in plan]


def known_migrations() -> set[str]:
    """All migrations of this version, and those that they replace. Asks no database."""
    return set(map(".".join, _known(MigrationLoader(None))))


def why_newer() -> str:
    """A sentence if the tables have migrations of its apps that this version does not know, else an empty one."""
    loader = MigrationLoader(connection)
    known = _known(loader)
    apps = {app for app, name in known}
    newer = sorted(key for key in loader.applied_migrations if key[0] in apps and key not in known)
    if not newer:
        return ""
    words = _("The tables are of a newer version of Kalends (%(migration)s). Install that one, or a later one.")
    return words % {"migration": ".".join(newer[0])}


def _known(loader: MigrationLoader) -> set[tuple[str, str]]:
    replaced = (key for migration in loader.disk_migrations.values() for key in migration.replaces)
    return {*loader.disk_migrations, *replaced}
