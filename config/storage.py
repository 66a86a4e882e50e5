"""Where static files are found, also by a deployment that has not collected them."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # the library has no types
    """Names with a fingerprint for what `collectstatic` has seen, plain ones for the rest.

    Until it is run after an upgrade pages are served with what lies in the source; Django would answer each with a 500.
    """

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:  # not in the manifest
            return name
