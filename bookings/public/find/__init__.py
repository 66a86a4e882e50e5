"""The links of upcoming appointments, by e-mail."""
