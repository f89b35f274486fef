"""What can be known of a model without loading it: from its folder, or from the hub's cache."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from grpotui.preflight import ModelFacts
from grpotui.presets import PresetError, check_model
from grpotui.presets.models import TINY
from grpotui.stream import read_json
from grpotui.workspace import Workspace

_TOY = ModelFacts(parameters=260_000, context=4096, vocabulary=110, layers=2, width=96)
_HEADER = 100 * 1024 * 1024
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)([BM])(?![a-z])", re.IGNORECASE)
_UNITS = {"b": 1e9, "m": 1e6}


def model_facts(model: str, workspace: Workspace | None) -> ModelFacts:
    """Return what is known of a preset's ``model``; never raises."""
    if model == TINY:
        return _TOY
    try:
        found = check_model(model, workspace)
    except PresetError as error:
        return ModelFacts(error=str(error))
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    folder = Path(found) if Path(found).is_absolute() else cached(found)
    if folder is None:
        return ModelFacts(parameters=_named_size(model), absent=True, offline=offline)
    config = read_json(folder / "config.json") or {}
    return ModelFacts(
        parameters=_weights(folder) or _named_size(model),
        context=_number(config, "max_position_embeddings", "n_positions"),
        vocabulary=_number(config, "vocab_size"),
        layers=_number(config, "num_hidden_layers", "n_layer"),
        width=_number(config, "hidden_size", "n_embd"),
    )


def cached(hub_id: str) -> Path | None:
    """Return the folder of a hub model that is on this machine, or None."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    cache = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    folder = cache / f"models--{hub_id.replace('/', '--')}"
    with suppress(OSError, UnicodeDecodeError):
        snapshot = folder / "snapshots" / (folder / "refs" / "main").read_text().strip()
        if (snapshot / "config.json").is_file():
            return snapshot
    return None


def _number(config: Mapping[str, Any], *names: str) -> int | None:
    """Return the first of several names that is there, also in the text part of a model with more senses."""
    text = config.get("text_config")
    for table in (config, text if isinstance(text, Mapping) else {}):
        for name in names:
            if isinstance(table.get(name), int):
                return int(table[name])
    return None


def _weights(folder: Path) -> int | None:
    """Return the parameters that the folder's safetensors files declare; None when there are none."""
    total = 0
    with suppress(OSError, ValueError, TypeError, AttributeError):
        for file in folder.glob("*.safetensors"):
            with file.open("rb") as handle:
                header = json.loads(handle.read(min(int.from_bytes(handle.read(8), "little"), _HEADER)))
            total += sum(math.prod(t["shape"]) for name, t in header.items() if name != "__metadata__")
    return total or None


def _named_size(model: str) -> int | None:
    """Return the size that a name such as Qwen2-0.5B tells; None when it tells none."""
    found = _SIZE.findall(model.rpartition("/")[2].replace("-", " "))
    return int(float(found[-1][0]) * _UNITS[found[-1][1].lower()]) if found else None
