"""`make image`: builds the image and walks the road by commands in it (Debian, as root, with buildah, debootstrap and
docker-compose).

BASE names another base image; without it one is made by debootstrap. The image stays in buildah's storage.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.image import building, road
from deploy.image.inside import Inside

MAX_MB = 250


def main() -> int:
    """Build, measure and try the image; returns the exit code."""
    subprocess.run(["docker-compose", "config", "-q"], check=True, cwd=building.ROOT)  # noqa: S607
    with tempfile.TemporaryDirectory(prefix="kalends-image-") as name:
        folder = Path(name)
        base = os.environ.get("BASE") or _own_base(folder / "base")
        say(f"building {building.IMAGE} on {base} …")
        building.make_image(base)
        own, below = _unpacked_mb(building.IMAGE), _unpacked_mb(base)
        say(f"{own} MB unpacked, {own - below} MB without its base")
        if own - below > MAX_MB:
            say(f"That is more than {MAX_MB} MB.")
            return 1
        _walk(folder / "volume")
    say("Everything holds.")
    return 0


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _own_base(folder: Path) -> str:
    say("making a base with debootstrap …")
    building.make_base(folder)
    return building.BASE


def _unpacked_mb(image: str) -> int:
    container = building.buildah("from", "--pull-never", image)
    try:
        return round(building.size(Path(building.buildah("mount", container))) / 1_000_000)
    finally:
        building.buildah("rm", container)


def _walk(volume: Path) -> None:
    from sandbox.server.server import Sandbox
    from soak.deployment import free_port

    volume.mkdir(mode=0o700)
    os.chown(volume, 10001, 10001)
    container = building.buildah("from", "--pull-never", building.IMAGE)
    try:
        root, port = Path(building.buildah("mount", container)), free_port()
        with Sandbox() as icloud:
            inside = Inside(root, volume, road.settings(port, icloud.entry_url))
            road.walk(inside, icloud, port, say)
    finally:
        building.buildah("rm", container)


if __name__ == "__main__":
    raise SystemExit(main())
