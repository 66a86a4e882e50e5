"""What is logged, how, and what must not be: names, titles, addresses, queries, tokens and the values in tracebacks."""
