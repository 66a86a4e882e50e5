"""The long test: staff, clients, iPhones and faults at random, through the real processes, and then an audit."""
