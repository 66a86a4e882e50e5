"""The tab Services."""
