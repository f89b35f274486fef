"""What the rules must know beside the preset. None and empty mean "not known", and silence the rule."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.preflight.probes import Probe


@dataclass(frozen=True, slots=True)
class Tokens:
    """How many tokens a text has without its tokenizer: surely no fewer than ``low``, about ``guess``."""

    low: int = 0
    guess: int = 0


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The training prompts."""

    rows: int | None
    """None while only the trainer reads them."""
    distinct: int | None
    longest_prompt: Tokens = Tokens()
    longest_answer: Tokens = Tokens()
    error: str = ""
    """Why they cannot be made; empty when they can."""
    deferred: str = ""
    """What only the trainer reads or loads; empty when nothing is left to it."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The model, without loading it."""

    parameters: int | None = None
    context: int | None = None
    """Tokens that it takes in."""
    vocabulary: int | None = None
    layers: int | None = None
    width: int | None = None
    error: str = ""
    """Why it cannot be loaded; empty when nothing speaks against it."""
    absent: bool = False
    """True for a hub id that is not on this machine yet."""
    offline: bool = False
    """True when nothing may be downloaded."""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Where it would train. Bytes; 0 where they are not known."""

    is_cpu: bool
    label: str
    total: int = 0
    free: int = 0
    lacking: str = ""
    """What the machine has not that the run needs; empty when it has all."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory that an earlier run of the same model took."""

    run: str
    size: int
    """Bytes."""
    tokens: int
    """Completion tokens of one forward pass: batch on a device times max_completion_length."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything at once."""

    data: DataFacts
    model: ModelFacts
    device: DeviceFacts
    disk_free: int | None = None
    """Bytes where checkpoints go."""
    peaks: tuple[Peak, ...] = ()
    pass_rate: float | None = None
    """Normalised reward of the first step of an earlier run with the same model, task and rewards."""
    probes: tuple[Probe, ...] = ()
    vllm: bool | None = None
    """Whether vLLM is installed."""
    tried: tuple[str, ...] = ()
    """Past experiments with this reward and settings near to these, and what became of each."""
