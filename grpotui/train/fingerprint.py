"""Which model it is that a run starts from, by contents: a folder may hold another one tomorrow."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

WHOLE_BYTES = 100_000_000
"""Weights of at most so many bytes in all are hashed whole."""
SAMPLES = 64
SAMPLE_BYTES = 64 * 1024
"""Of larger weights, so many blocks of each file, evenly spread, with its name and size: 4 MiB a file.

The first block holds the header of a safetensors file. Training moves every weight, so blocks tell models of
one architecture apart, which header and size alone would not.
"""
WHOLE, SAMPLED = "whole files", f"{SAMPLES} blocks of each file"
_WEIGHTS = ("*.safetensors", "*.bin", "*.pt")


def identify(folder: Path) -> dict[str, Any]:
    """Return hashes (sha256, hex) of a model folder's weights and ``config.json``, and what was hashed.

    A hash of what is not there is None. Raises OSError.
    """
    files = next((found for pattern in _WEIGHTS if (found := sorted(folder.glob(pattern)))), [])
    size = sum(file.stat().st_size for file in files)
    whole = size <= WHOLE_BYTES
    config = folder / "config.json"
    return {
        "weights_sha256": _weights(files, whole) if files else None,
        "weights_hashed": WHOLE if whole else SAMPLED,
        "weights_bytes": size,
        "config_sha256": hashlib.sha256(config.read_bytes()).hexdigest() if config.is_file() else None,
    }


def model_folder(model: str) -> Path | None:
    """Return where the files of a model lie that was loaded from a folder or the hub; None when unknown.

    The folder of a hub model is named after its commit.
    """
    if os.path.isdir(model):  # noqa: PTH112 - as transformers asks
        return Path(model)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(model, "config.json")
    return Path(found).parent if isinstance(found, str) else None


def _weights(files: list[Path], whole: bool) -> str:
    digest = hashlib.sha256()
    for path in files:
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode())
        with path.open("rb") as file:
            if whole:
                while block := file.read(1 << 20):
                    digest.update(block)
                continue
            for number in range(SAMPLES):
                file.seek(max(0, size - SAMPLE_BYTES) * number // (SAMPLES - 1))
                digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()
