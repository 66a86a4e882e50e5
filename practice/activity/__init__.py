"""What was done that an owner may have to account for: writing it down, and the page that shows it."""
