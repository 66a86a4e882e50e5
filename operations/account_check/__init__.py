"""Compares a real calendar account with what is known of iCloud, by one event in the year 2099.

`expectations` is the table, `probe` asks, `leftovers` removes what was written, `results` keeps what was found.
"""
