"""The page with the settings of the practice."""
