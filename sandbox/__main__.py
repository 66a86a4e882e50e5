"""Run the sandbox as a process: `python -m sandbox --data DIR`. One line of JSON says where everything is."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from sandbox.server.server import Sandbox


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; ports that are busy are stepped over."""
    options = _options(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ports = {name: getattr(options, name) for name in ("entry_port", "pod_port", "stranger_port")}
    with Sandbox(options.data, **ports) as icloud:
        icloud.serve_pages(options.apple_port)
        addresses = {
            "entry": icloud.entry_url,
            "pod": icloud.pod_url,
            "stranger": icloud.stranger_url,
            "apple": icloud.apple_url,
        }
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        ended.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="iCloud without an Apple account.")
    parser.add_argument("--data", type=Path, help="directory to keep everything in; without it, memory only")
    for name in ("entry", "pod", "stranger", "apple"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help="0: any free one; a busy one is stepped over")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
