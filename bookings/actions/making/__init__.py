"""What every verb that makes bookings needs: what was said, how often somebody may book, and what is written."""
