"""A time is kept while the client says who they are."""
