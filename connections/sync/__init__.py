"""Inwards: what a calendar provider has, brought into the tables."""
