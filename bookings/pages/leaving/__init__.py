"""Deactivating and reactivating somebody who works here."""
