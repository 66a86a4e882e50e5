"""The demo: a practice with sample data, its processes, and the page with the iPhone, Kalends and a client's phone."""
