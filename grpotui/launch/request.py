"""What is asked for when a run is launched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grpotui.presets import Preset
from grpotui.records import RunKind
from grpotui.records.lineage import Parent
from grpotui.records.sweeps import Place


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """A preset and what to change in it for one run."""

    preset: Preset
    overrides: tuple[str, ...] = ()
    seed: int | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    model: str | None = None
    device: str = "auto"
    """"auto" leaves it to the preset's ``launch.device``."""
    draft: bool = False
    """Only write it down; a resume queues it."""
    inherited: tuple[str, ...] = ()
    """Overrides that the preset has already, to be written down with the others."""
    kind: RunKind | None = None
    """None for what the preset says."""
    parent: Parent | None = None
    weights: Path | None = None
    """A checkpoint, or a model's folder, that the run begins with in place of the preset's model."""
    place: Place | None = None
    """Where it stands in a sweep."""
    force: bool = False
    """Launch it though the preflight found errors."""
