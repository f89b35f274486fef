"""The preset's ``[grpo]`` table becomes TRL's GRPOConfig, and that becomes plain JSON again."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trl import GRPOConfig

from grpotui.errors import UserError
from grpotui.train.device import Device
from grpotui.train.failure import one_line
from grpotui.train.ranks import world_size
from grpotui.workspace import RunDir

UNLESS_ASKED: Mapping[str, Any] = {
    "report_to": "none",
    "disable_tqdm": True,
    "logging_nan_inf_filter": False,
    "vllm_server_host": "127.0.0.1",
}
"""Where the tool's defaults differ from TRL's: no bars in output.log, a NaN loss is shown as one, and a
server of vLLM's is looked for on this machine alone."""

ON_CPU: Mapping[str, Any] = {
    "use_cpu": True,
    "bf16": False,
    "fp16": False,
    "bf16_full_eval": False,
    "fp16_full_eval": False,
    "tf32": None,
    "activation_checkpointing": False,
}
"""What TRL needs on a CPU, whatever the preset says for a GPU."""


def build_config(
    grpo: Mapping[str, Any], run: RunDir, device: Device, seed: int | None, weights: Sequence[float]
) -> GRPOConfig:
    """Return the GRPOConfig of a run.

    Raises UserError without the engine that it wants, and with TRL's own message when TRL refuses it.
    """
    if grpo.get("use_vllm") and find_spec("vllm") is None:
        raise UserError("grpo.use_vllm: vLLM is not installed here: pip install 'trl[vllm]', or unset it")
    values: dict[str, Any] = {**UNLESS_ASKED, "run_name": run.id, "reward_weights": list(weights), **grpo}
    values["output_dir"] = str(run.checkpoints)
    if seed is not None:
        values["seed"] = seed
    if device.is_cpu:
        values.pop("gradient_checkpointing", None)
        values |= ON_CPU
        if world_size() > 1:
            values["ddp_backend"] = "gloo"
    try:
        return GRPOConfig(**values)
    except (ValueError, TypeError, ImportError) as error:
        raise UserError(one_line(f"TRL refuses [grpo]: {error}")) from error


def keeping_best(grpo: Mapping[str, Any], metric: str) -> dict[str, Any]:
    """Return ``[grpo]`` so that the checkpoint with the best ``metric``, if any is named, is kept too.

    Transformers keeps two with a limit of one while it trains, and at the end takes away the last.
    """
    if not metric:
        return dict(grpo)
    limit = grpo.get("save_total_limit")
    return {**grpo, "metric_for_best_model": metric, "save_total_limit": 2 if limit == 1 else limit}


def config_json(config: GRPOConfig) -> dict[str, Any]:
    """Return every field of a config, defaults included, as JSON can hold it."""
    return {
        field.name: plain(getattr(config, field.name)) for field in dataclasses.fields(config) if field.init
    }


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it."""
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    return str(value)


def model_path(model: str, task: str) -> str:
    """Return what TRL loads: a folder or a hub id. ``tiny`` is the toy that fits the task.

    Raises UserError for a folder that holds no model.
    """
    if model == "tiny":
        from grpotui.train.toys import toy_path

        return str(toy_path(task))
    folder = Path(model)
    if folder.is_absolute() and not folder.is_dir():
        raise UserError(f"model {model}: there is no such folder")
    if folder.is_dir() and not (folder / "config.json").is_file():
        raise UserError(f"model {model}: the folder has no config.json, so it is no model")
    return model
