"""Copying and replacing the two kinds of databases."""
