"""Where static files are found, also by a deployment that has not collected them."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # the library has no types
    """Names with a fingerprint for files that were collected, plain names for the others.

    Between an upgrade and `collectstatic` pages use the files of the source, where Django would answer with a 500.
    """

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:  # not in the manifest
            return name
