"""Building the image with buildah, which needs no engine, on a base that debootstrap makes from Debian's packages."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RELEASE = "bookworm"
BASE = "localhost/kalends-base"
IMAGE = "localhost/kalends"
LENT = ("/etc/pip.conf", "/etc/ssl/certs", "/usr/local/share/ca-certificates")
"""What this machine may need to reach its package registries; lent to the build and not kept in the image."""


def buildah(*arguments: str) -> str:
    """What buildah prints; its progress goes to standard error. Raises CalledProcessError if it fails."""
    environment = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"} | os.environ
    command = ["buildah", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603
    return done.stdout.strip()


def make_base(folder: Path) -> None:
    """Make the base image: Debian without anything that is not essential. `folder`: empty, for the files."""
    include = "--include=ca-certificates"
    command = ["debootstrap", "--variant=minbase", include, RELEASE, str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    for cache in ("var/cache/apt/archives", "var/lib/apt/lists"):
        subprocess.run(["find", str(folder / cache), "-type", "f", "-delete"], check=True)  # noqa: S603, S607
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, str(folder), "/")
    buildah("commit", "--quiet", container, BASE)
    buildah("rm", container)


def make_image(base: str) -> None:
    """Build the Containerfile on the image `base`."""
    lent = [f"--volume={path}:{path}:ro" for path in LENT if Path(path).exists()]
    buildah("build", "--build-arg", f"BASE={base}", *lent, "--tag", IMAGE, "--format=docker", "--quiet", str(ROOT))


def size(root: Path) -> int:
    """How many octets the files below a folder take; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            found = (Path(folder) / name).lstat()
            seen[found.st_dev, found.st_ino] = found.st_size
    return sum(seen.values())
