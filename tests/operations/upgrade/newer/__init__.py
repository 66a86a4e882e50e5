"""An app that a newer version of Kalends might have; its migrations change data, and the last can fail."""
