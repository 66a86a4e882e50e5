"""Imprint, privacy notice and the statement on accessibility."""
