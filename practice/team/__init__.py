"""Who works here: inviting people, and changing what they may do. The page is bookings.pages.team."""
