"""Web pages of the pretend iCloud: an iPhone, the app-specific passwords, and a control for other processes."""
