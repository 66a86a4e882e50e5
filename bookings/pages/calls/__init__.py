"""Clients who must be told by phone."""
