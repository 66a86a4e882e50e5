"""How names, e-mail addresses and phone numbers are read, compared and shown. Knows no tables of bookings."""
