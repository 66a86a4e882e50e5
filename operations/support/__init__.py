"""The support bundle: a ZIP that says how this copy of Kalends is, without saying who works or is treated here.

`structure` reduces calendar files to shapes. `versions`, `settings_listed`, `states`, `history` and `odd_events` are
the parts, `bundle` puts them together.
"""
