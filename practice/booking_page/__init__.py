"""The address of the booking page: shown, copied, and as a QR code."""
