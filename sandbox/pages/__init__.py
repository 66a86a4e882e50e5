"""Apple's side of the story as web pages: a pretend iPhone, the app-specific passwords, and a control for demos."""
