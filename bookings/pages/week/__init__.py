"""The calendar as a day, a week, a month or a list, and the cards of what is in it."""
