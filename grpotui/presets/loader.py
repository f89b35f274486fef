"""Finds presets by name or path, and applies ``extends`` and ``unset``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grpotui.presets import unset
from grpotui.presets.preset import Preset, PresetError, PresetInfo
from grpotui.presets.reader import is_file, parse, read_text, read_toml, shown_path
from grpotui.presets.shipped import shipped_dir
from grpotui.tasks.settings import nearest
from grpotui.workspace import Workspace


def load(name_or_path: str, workspace: Workspace | None) -> Preset:
    """Return a preset with ``extends`` applied; it is not validated.

    What contains ``/`` or ends in ``.toml`` is a file; other names are looked up in the workspace, then
    among the shipped presets. Raises PresetError.
    """
    return _loaded(find(name_or_path, workspace), workspace)


def load_text(text: str, path: Path, workspace: Workspace | None) -> Preset:
    """Return the preset that a text would be as the file ``path``, which need not be there.

    Raises PresetError.
    """
    return _loaded(path, workspace, text)


def _loaded(path: Path, workspace: Workspace | None, text: str | None = None) -> Preset:
    data, files = _extended(path, workspace, text)
    own = [workspace.root] if workspace else []
    folders = dict.fromkeys([*own, *(Path(file).absolute().parent for file in files)])
    return Preset(name=path.stem, path=path, data=data, folders=tuple(folders))


def preset_text(name_or_path: str, workspace: Workspace | None = None) -> str:
    """Return a preset's file as it stands. Raises PresetError."""
    return read_text(find(name_or_path, workspace))


def available(workspace: Workspace | None) -> list[PresetInfo]:
    """Return every preset that a name finds, the workspace's own first, each part by name.

    A file that cannot be read is listed with its error.
    """
    found: dict[str, PresetInfo] = {}
    shipped = _real(shipped_dir())
    for folder in _folders(workspace):
        is_shipped = _real(folder) == shipped
        for path in _files(folder):
            if path.stem not in found:
                found[path.stem] = _info(path, workspace, is_shipped)
    return list(found.values())


def find(name_or_path: str, workspace: Workspace | None, origin: Path | None = None) -> Path:
    """Return the file that a name or path means. Raises PresetError with the nearest names.

    ``origin`` is the file that extends it: paths are relative to its folder, and a name skips the file
    itself, so that a workspace's preset can extend the shipped one of the same name.
    """
    if "/" in name_or_path or name_or_path.endswith(".toml"):
        path = (origin.parent if origin else Path.cwd()) / os.path.expanduser(name_or_path)  # noqa: PTH111
        if is_file(path) or "/" in name_or_path:
            return Path(os.path.normpath(path))
        name_or_path = name_or_path.removesuffix(".toml")
        raise PresetError(f"no preset file {name_or_path}.toml here{_hint(name_or_path, workspace)}")
    for folder in _folders(workspace):
        path = folder / f"{name_or_path}.toml"
        if name_or_path and is_file(path) and (origin is None or _real(path) != _real(origin)):
            return path
    raise PresetError(f"no preset {name_or_path!r}{_hint(name_or_path, workspace)}")


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` on top: tables merge at every depth, all else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _extended(
    path: Path, workspace: Workspace | None, text: str | None = None
) -> tuple[dict[str, Any], list[Path]]:
    """Return a preset with all that it extends, and its files, itself first; ``text`` goes before its own."""
    layers: list[tuple[Path, dict[str, Any]]] = []
    while True:
        _refuse_cycle([file for file, _ in layers], path)
        data = read_toml(path) if text is None else parse(text, shown_path(path))
        text = None
        base = data.pop("extends", None)
        layers.append((path, data))
        if base is None:
            break
        if not isinstance(base, str) or not base:
            raise PresetError(f"{shown_path(path)}: extends: expected the name or file of one preset")
        try:
            path = find(base, workspace, path)
        except PresetError as error:
            if base.removesuffix(".toml") == path.stem:
                _refuse_cycle([path], path)
            raise PresetError(f"{shown_path(path)}: extends: {error}") from None
    merged: dict[str, Any] = {}
    for file, layer in reversed(layers):
        if unset.KEY in layer:
            try:
                merged = unset.unset(merged, layer.pop(unset.KEY))
            except PresetError as error:
                raise PresetError(f"{shown_path(file)}: {error}") from None
        merged = merge(merged, layer)
    return merged, [file for file, _ in layers]


def _refuse_cycle(files: list[Path], path: Path) -> None:
    """Raise PresetError when ``path`` is one of the files that led to it."""
    real = [_real(file) for file in files]
    if _real(path) in real:
        cycle = [*files[real.index(_real(path)) :], path]
        raise PresetError(f"{shown_path(path)}: extends itself: {' -> '.join(file.name for file in cycle)}")


def _hint(name: str, workspace: Workspace | None) -> str:
    names = [path.stem for folder in _folders(workspace) for path in _files(folder)]
    return f"{nearest(name, names)}; 'grpotui presets' lists them"


def _folders(workspace: Workspace | None) -> list[Path]:
    own = [workspace.presets] if workspace else []
    shipped = shipped_dir()
    return own if own and _real(own[0]) == _real(shipped) else [*own, shipped]


def _files(folder: Path) -> Iterator[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if name.endswith(".toml") and not name.startswith(".") and is_file(folder / name):
            yield folder / name


def _info(path: Path, workspace: Workspace | None, shipped: bool) -> PresetInfo:
    try:
        summary = _extended(path, workspace)[0].get("summary")
    except PresetError as error:
        return PresetInfo(path.stem, "", path, shipped, str(error))
    return PresetInfo(path.stem, summary if isinstance(summary, str) else "", path, shipped)


def _real(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except ValueError:  # a zero byte: reading it says so
        return str(path)
