"""After a restore: what waits, what is compared, and what an owner decides before this copy works again."""
