"""Why a time is free or blocked."""
