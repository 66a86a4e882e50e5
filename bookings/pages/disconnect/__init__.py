"""Disconnecting an account."""
