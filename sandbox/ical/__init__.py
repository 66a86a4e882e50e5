"""Reading and writing calendar text without the code of Kalends."""
