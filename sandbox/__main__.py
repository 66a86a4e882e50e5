"""Run the sandbox as a process: `python -m sandbox --data DIR`. It prints its addresses as one line of JSON."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from sandbox.pages.app import serve_pages
from sandbox.server.flavours import FLAVOURS
from sandbox.server.server import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Where a port is in use, the next free one is taken."""
    options = _options(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    ports = {name: getattr(options, name) for name in ("entry_port", "pod_port", "stranger_port")}
    with Sandbox(options.data, flavour=FLAVOURS[options.flavour], **ports) as icloud:
        serve_pages(icloud, options.apple_port)
        addresses = {
            "entry": icloud.entry_url,
            "pod": icloud.pod_url,
            "stranger": icloud.stranger_url,
            "apple": icloud.apple_url,
        }
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A pretend calendar server on this machine.")
    parser.add_argument("--data", type=Path, help="directory for the data; without it, everything is in memory only")
    parser.add_argument(
        "--as", dest="flavour", choices=FLAVOURS, default="icloud", help="the server to stand in for; iCloud by default"
    )
    for name in ("entry", "pod", "stranger", "apple"):
        parser.add_argument(
            f"--{name}-port", type=int, default=0, help="0: any free port; if it is in use: the next free one"
        )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
