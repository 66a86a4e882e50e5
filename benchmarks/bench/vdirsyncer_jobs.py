"""The same work with `vdirsyncer sync` into a folder: files are fetched and stored, nothing is expanded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vdirsyncer.cli import app

CONFIGURATION = """
[general]
status_path = "{folder}/status"
[pair bench]
a = "files"
b = "server"
collections = null
conflict_resolution = "b wins"
[storage files]
type = "filesystem"
path = "{folder}/files"
fileext = ".ics"
[storage server]
type = "caldav"
url = {url}
username = {username}
password = {password}
item_types = ["VEVENT"]
"""


class VdirsyncerSync:
    """One `vdirsyncer sync` in this process, without the half second that the command takes to start."""

    times = 1

    def __init__(self, *, folder: str, address: str, username: str, password: str) -> None:
        self.folder = Path(folder)
        (self.folder / "files").mkdir(parents=True, exist_ok=True)
        quoted = {name: json.dumps(value) for name, value in {"username": username, "password": password}.items()}
        self.configuration = self.folder / "config"
        self.configuration.write_text(CONFIGURATION.format(folder=folder, url=json.dumps(address), **quoted))
        self._call("discover")

    def run(self) -> dict[str, Any]:
        self._call("sync")
        return {"files": sum(1 for _ in (self.folder / "files").iterdir())}

    def _call(self, verb: str) -> None:
        app(["--verbosity", "ERROR", "--config", str(self.configuration), verb], standalone_mode=False)
