"""Everything but GRPOConfig that a preset may hold, declared once; validation is generic over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.presets.searching import SEARCH_SECTIONS, RolloutSettings
from grpotui.records import POLICIES, HealthSettings, RunKind
from grpotui.records.sweeps import MOST_SEEDS

DEVICES = ("auto", "cpu", "cuda")
"""What a run can be asked to train on; "auto" takes the GPU where there is one."""
FAKE_LABEL_VARIABLE = "GRPOTUI_FAKE_DEVICE"
"""Tells a trainer that its GPUs are fake, and their names: it trains on the CPU."""


MOST_SLOTS = 64
"""Runs that may be on one device together, at most."""


@dataclass(frozen=True, slots=True)
class LaunchSettings:
    """The preset's ``[launch]`` table: where a run goes and how it is filed."""

    device: str = "auto"
    """The GPU where there is one, else the CPU; "cpu" and "cuda" insist."""
    devices: int = 1
    """GPUs that one run uses, all at once."""
    processes: int = 1
    """Processes that train together, started by 'accelerate launch'."""
    accelerate: str = ""
    """How: a configuration of accelerate, a file or one of TRL's such as "zero2"; empty for plain DDP."""
    on_oom: Mapping[str, Any] = field(default_factory=dict)
    """Field of [grpo] -> "/2" or "*2": what the next attempt changes when memory ran out; {} for none."""
    memory: float = 0.0
    """GB that it needs of each: a device with less of them free is not taken, and runs of ours may share one
    as long as theirs fit. 0: not said."""
    slots_per_device: int = 0
    """Runs of ours that may be on its device together. 0: as many as fit by ``memory``; without that, it
    alone."""
    priority: int = 0
    """Queued runs of a higher one start first."""
    tags: tuple[str, ...] = ()
    """Words to find the run by."""


@dataclass(frozen=True, slots=True)
class EvalSettings:
    """The preset's ``[eval]`` table: what is asked of the model beside training."""

    every: int = 0
    """Steps between evaluations; also before step 1 and at the end. 0 for none."""
    n: int = 200
    """Held-out prompts, or all of them where there are fewer."""
    n_train: int = 100
    """Prompts of the training set, to see the gap; 0 for none."""
    greedy: bool = True
    """One completion of each prompt, the likeliest token every time."""
    sampled: bool = False
    """One completion of each prompt, sampled as in training."""
    watch: int = 8
    """Held-out prompts of each task whose completions are kept to be read, the same in every run."""
    best: str = ""
    """Metric whose best checkpoint is kept beside the last ones, such as eval_accuracy."""


@dataclass(frozen=True, slots=True)
class ContractSettings:
    """The preset's ``[contract]`` table: what is expected before the run, scored at its end."""

    hypothesis: str = ""
    """What is believed, and why."""
    forecast: Mapping[str, Any] = field(default_factory=dict)
    """Measure -> [low, high]."""
    primary: str = ""
    """What must hold, such as "mean(reward, last=50) >= 0.80"."""
    secondary: str = ""
    """What should hold beside it."""
    tertiary: str = ""
    """What would be good to have."""
    kill: str = ""
    """When it is not worth going on: the runner stops the run, which saves."""


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """The preset's ``[notify]`` table: what the runner does when the verdict of a run changes."""

    command: tuple[str, ...] = ()
    """A program and its arguments, such as ["notify-send", "{run}: {verdict}"]."""


BEST = ("eval_accuracy", "eval_sampled_accuracy", "eval_reward")
"""What ``eval.best`` may name."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a field's value must keep to, beside its kind."""

    low: float | None = None
    high: float | None = None
    above: bool = False
    """True when ``low`` itself is too low."""
    choices: tuple[str, ...] = ()

    def broken(self, value: object) -> str | None:
        """Return what the value should have been, or None when it is fine."""
        if isinstance(value, str):
            ok = not self.choices or value in self.choices
            return None if ok else f"expected one of {', '.join(filter(None, self.choices))}"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if self.low is not None and (value < self.low or (self.above and value == self.low)):
            return f"expected {'more than' if self.above else 'at least'} {self.low:g}"
        if self.high is not None and value > self.high:
            return f"expected at most {self.high:g}"
        return None


SECTIONS: Mapping[str, type] = {
    "eval": EvalSettings,
    "health": HealthSettings,
    "contract": ContractSettings,
    "notify": NotifySettings,
    "launch": LaunchSettings,
}
"""Tables of every run whose fields a dataclass declares, defaults included."""

DECLARED: Mapping[str, type] = {**SECTIONS, "rollouts": RolloutSettings, **SEARCH_SECTIONS}
"""These, and those that only some presets have."""

TOP_LEVEL: Mapping[str, tuple[str, ...]] = {
    "summary": ("str",),
    "model": ("str",),
    "kind": ("str",),
    "task": ("dict",),
    "rewards": ("list",),
    "grpo": ("dict",),
    "curriculum": ("list",),
    "eval": ("dict",),
    "health": ("dict",),
    "contract": ("dict",),
    "notify": ("dict",),
    "launch": ("dict",),
    "rollouts": ("dict",),
    "sweep": ("dict",),
    "confirm": ("dict",),
    "promote": ("dict",),
}
"""Top-level keys and the kinds they take; ``extends`` is gone once a preset is loaded."""

REQUIRED = ("model", "task", "rewards")

KINDS = (str(RunKind.TRAIN), str(RunKind.ROLLOUTS))
"""What ``kind`` may be."""

LIMITS: Mapping[str, Limit] = {
    "eval.every": Limit(low=0),
    "eval.n": Limit(low=0),
    "eval.n_train": Limit(low=0),
    "eval.watch": Limit(low=0),
    "eval.best": Limit(choices=("", *BEST)),
    "health.gap_warn": Limit(0, 1),
    "health.gap_bad": Limit(0, 1),
    "health.window_groups": Limit(low=1),
    "health.zero_std_warn": Limit(0, 1),
    "health.zero_std_bad": Limit(0, 1),
    "health.jaccard_warn": Limit(0, 1),
    "health.jaccard_bad": Limit(0, 1),
    "health.patience": Limit(low=1),
    "health.on_collapsed": Limit(choices=POLICIES),
    "health.on_no_signal": Limit(choices=POLICIES),
    "health.on_solved": Limit(choices=POLICIES),
    "health.grace": Limit(low=0),
    "launch.device": Limit(choices=DEVICES),
    "launch.processes": Limit(low=1),
    "launch.devices": Limit(1, 64),
    "launch.memory": Limit(low=0),
    "launch.slots_per_device": Limit(0, MOST_SLOTS),
    "launch.priority": Limit(-1000, 1000),
    "rollouts.n": Limit(low=0),
    "rollouts.batch": Limit(low=1),
    "sweep.random": Limit(low=0),
    "sweep.seeds": Limit(1, MOST_SEEDS),
    "sweep.max_parallel": Limit(low=0),
    "confirm.top": Limit(low=1),
    "confirm.repeat": Limit(1, MOST_SEEDS),
}

ORDERED = (
    ("health.zero_std_warn", "health.zero_std_bad"),
    ("health.jaccard_warn", "health.jaccard_bad"),
    ("health.gap_warn", "health.gap_bad"),
)
"""Pairs of fields of one section of which the first may not be the larger."""

_ANNOTATIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bool": (("bool",), ()),
    "int": (("int",), ()),
    "float": (("float",), ()),
    "str": (("str",), ()),
    "tuple[str, ...]": (("list",), ("str",)),
    "Mapping[str, Any]": (("dict",), ()),
}


def annotated_kinds(annotation: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (kinds, kinds of list members) for the annotation of a section's field, a text."""
    return _ANNOTATIONS[str(annotation)]
