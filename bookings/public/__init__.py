"""What clients see: the services, free times, the form, their own page. One folder a page.

No page reads a session or sets a cookie, and each works without JavaScript.
"""
