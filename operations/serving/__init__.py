"""The processes that serve: the web server, the worker, and both as one unit."""
