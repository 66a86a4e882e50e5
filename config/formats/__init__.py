"""How dates and times are written, a package for each language in which Django's own way is not wanted."""
