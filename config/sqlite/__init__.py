"""Django's SQLite, but quicker at reading times."""
