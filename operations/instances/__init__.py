"""Many practices on one machine: each an instance with settings, a database and a user of its own. No Django."""
