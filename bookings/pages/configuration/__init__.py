"""The tab Calendar Configuration."""
