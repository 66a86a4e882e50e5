"""The staff pages, one room a page."""
