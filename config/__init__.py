"""The project: settings, addresses and the command line. No Django here."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CODE: Final = Path(__file__).resolve().parent.parent
"""The folder of the packages: the checkout, or `site-packages` where Kalends is installed."""

_PACKAGED = Path(__file__).resolve().parent / "files"  # pyproject.toml puts them here in the wheel
FILES: Final = _PACKAGED if _PACKAGED.is_dir() else CODE
"""The folder with `templates/`, `static/` and `locale/`: the checkout, or `config/files/` of the wheel."""
