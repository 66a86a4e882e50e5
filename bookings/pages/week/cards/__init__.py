"""Cards: what can be done with an hour, an event, a blocked slot or a booking of the calendar.

In the calendar a card opens in a dialog; without JavaScript it is a page.
"""
