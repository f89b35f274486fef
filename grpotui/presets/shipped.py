"""Where the presets that come with grpotui are."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_dir() -> Path:
    """Return the folder of shipped presets: inside the package when installed, else the repository's."""
    packed = _PACKAGE / "shipped_presets"
    return packed if packed.is_dir() else _PACKAGE.parent / "presets"
