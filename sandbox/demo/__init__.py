"""The demo: sample data, the processes and the page with the iPhone."""
