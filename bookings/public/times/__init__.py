"""The free times of one service."""
