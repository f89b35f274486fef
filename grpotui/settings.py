"""The settings file: ``$XDG_CONFIG_HOME/grpotui/config.toml``, else ``~/.config/grpotui/config.toml``.

Verbs read it too, so it is no part of the app.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grpotui.errors import UserError
from grpotui.presets.sections import DEVICES
from grpotui.text import clean

FASTEST, SLOWEST = 0.2, 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person likes, for every workspace. Each field is a key of the file."""

    theme: str = "dark"
    """``dark``, ``light``, ``ansi`` (the terminal's own colours), or the name of one of Textual's themes."""
    refresh: float = 1.0
    """Seconds between two looks at the runs, from 0.2 to 60."""
    device: str = "auto"
    """For runs whose preset leaves it open: ``auto`` (the GPU where there is one), ``cpu`` or ``cuda``."""
    mouse: bool = True
    """False leaves the mouse to the terminal, as ``--no-mouse`` does."""
    bell: bool = True
    """The terminal's bell, once for each change of a verdict while the app is open."""
    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The table ``[keys]``: ids of actions, as help lists them, and the keys they shall have."""

    def device_for(self, preset: Mapping[str, Any]) -> str:
        """Return the device to ask for when a preset's tables are these: its own choice goes first."""
        launch = preset.get("launch")
        chosen = launch.get("device") if isinstance(launch, Mapping) else None
        return self.device if chosen in (None, "", "auto") else "auto"


def settings_path() -> Path:
    """Return where the file is looked for."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "grpotui" / "config.toml"


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings; those of a file that is not there are the defaults.

    Raises UserError with the first thing that is wrong, in one line.
    """
    path = path or settings_path()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: {clean(str(error), 200)}") from error
    try:
        return _read(data)
    except ValueError as error:
        raise UserError(f"{path}: {clean(str(error), 300)}") from error


def _read(data: Mapping[str, Any]) -> Settings:
    known = [one.name for one in fields(Settings)]
    for name in data:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            raise ValueError(f"no setting {name}: {hint}")
    checks: dict[str, Callable[[str, object], object]] = {
        "theme": _text,
        "refresh": _seconds,
        "device": _device,
        "mouse": _truth,
        "bell": _truth,
        "keys": _keys,
    }
    read: dict[str, Any] = {name: checks[name](name, value) for name, value in data.items()}
    return Settings(**read)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: expected text, got {value!r}")
    return value


def _seconds(name: str, value: object) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not FASTEST <= float(str(value)) <= SLOWEST:
        raise ValueError(f"{name}: expected seconds from {FASTEST} to {SLOWEST:.0f}, got {value!r}")
    return float(str(value))


def _device(name: str, value: object) -> str:
    if value not in DEVICES:
        raise ValueError(f"{name}: one of {', '.join(DEVICES)}, got {value!r}")
    return str(value)


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name}: expected true or false, got {value!r}")
    return value


def _keys(name: str, value: object) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError(f'{name}: expected a table, such as [keys] with "runs.stop" = "S"')
    found: dict[str, str] = {}
    for action, keys in _flat(value):
        if not isinstance(keys, str) or not keys.strip():
            raise ValueError(f"keys.{action}: expected a key as text, got {keys!r}")
        found[action] = keys
    return MappingProxyType(found)


def _flat(table: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return ``runs.stop = "S"`` and ``"runs.stop" = "S"`` alike."""
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((before + name, value))
    return found
