"""Running commands in the image as a container does: read-only root, a volume at /data, a user without rights."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREPARE = """
mount --bind "$ROOT" "$ROOT"
mount --bind "$VOLUME" "$ROOT/data"
mount -t tmpfs tmpfs "$ROOT/tmp"
mount -t proc proc "$ROOT/proc"
mount --bind /dev "$ROOT/dev"
mount -t tmpfs -o mode=1777 shm "$ROOT/dev/shm"
mount -o remount,bind,ro "$ROOT"
exec chroot --userspec=10001:10001 "$ROOT" env -i PATH=/opt/kalends/bin:/usr/local/bin:/usr/bin:/bin "$@"
"""


@dataclass(frozen=True)
class Inside:
    """The unpacked image, the folder that is its volume, and the environment of its processes."""

    root: Path
    volume: Path
    environment: Mapping[str, str]

    def command(self, *arguments: str) -> list[str]:
        """The arguments of a process on this machine that runs a command in the image, in mounts of its own."""
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        places = f"ROOT={shlex.quote(str(self.root))} VOLUME={shlex.quote(str(self.volume))}\n"
        return ["unshare", "--mount", "sh", "-euc", places + PREPARE, "sh", *settings, *arguments]

    def run(self, *arguments: str, typed: str = "") -> str:
        """What a command prints. `typed`: its standard input. Raises CalledProcessError if it fails."""
        done = subprocess.run(  # noqa: S603 - our own commands
            self.command(*arguments), check=True, stdout=subprocess.PIPE, text=True, input=typed
        )
        return done.stdout
