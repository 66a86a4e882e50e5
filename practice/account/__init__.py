"""The own page of somebody who signs in."""
