"""Going to another version: the tables are changed, or everything is as it was."""
