"""Real runs of TRL's GRPOTrainer on the tiny models, judged as 'grpotui health FOLDER' judges what TRL wrote.

    python -m benchmarks.health.real                       # every kind, seeds 4 to 6
    python -m benchmarks.health.real --kinds cold --seeds 7 --keep FOLDER

Nothing is declared: neither the reward's range nor the temperature. What each kind may end as was fixed
before the first of these runs. Exit code 1 when one ends otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import table
from grpotui.analysis.logs import Report, find, replay
from grpotui.tasks.build import build_rewards, build_task
from grpotui.train.toys import toy_path

Scorer = Callable[..., list[float]]

STORIES: Mapping[str, Any] = {"name": "stories", "n": 200, "seed": 0}
SUMS: Mapping[str, Any] = {"name": "arithmetic", "n": 160, "operands": [0, 9], "operators": ["+", "-"]}
COMMON: Mapping[str, Any] = {
    "per_device_train_batch_size": 32,
    "num_generations": 8,
    "max_completion_length": 32,
    "lr_scheduler_type": "constant",
    "adam_beta2": 0.95,
    "max_steps": 45,
}
COLLAPSED = ("collapsed",)
FINE = ("healthy", "warning", "solved", "recovered")


@dataclass(frozen=True)
class Kind:
    """A kind of run, and what it may end as."""

    task: Mapping[str, Any]
    reward: str
    grpo: Mapping[str, Any]
    verdicts: tuple[str, ...]
    causes: tuple[str, ...] = ()
    """Any, where none is named."""
    config: Mapping[str, Any] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "ten words, T 0.3, lr 1e-3": Kind(
        STORIES, "sentence_length_10", {"temperature": 0.3, "learning_rate": 1e-3}, COLLAPSED, ("template",)
    ),
    "ten words, T 0.5, lr 1e-3": Kind(
        STORIES, "sentence_length_10", {"temperature": 0.5, "learning_rate": 1e-3}, COLLAPSED
    ),
    "ten words, T 1.0, beta 0.1": Kind(
        STORIES, "sentence_length_10", {"beta": 0.1, "learning_rate": 5e-4}, FINE
    ),
    "happy, beta 0.02": Kind(STORIES, "happy_binary", {"beta": 0.02, "learning_rate": 5e-4}, FINE),
    "happy, lr 1e-2": Kind(STORIES, "happy_binary", {"learning_rate": 1e-2}, COLLAPSED),
    "sums": Kind(SUMS, "exact", {"learning_rate": 3e-4, "per_device_train_batch_size": 64}, FINE),
    "sums, lr 1e-2": Kind(SUMS, "exact", {"learning_rate": 1e-2}, ("collapsed", "no-signal")),
    "a word that is never written": Kind(
        STORIES, "absent", {"learning_rate": 5e-4}, ("no-signal",), ("floor",)
    ),
    "cold: sums at T 0.05": Kind(
        SUMS,
        "exact",
        {"temperature": 0.05, "learning_rate": 1e-6},
        ("no-signal", "collapsed"),
        ("low-temperature",),
    ),
    "broken parser": Kind(SUMS, "broken", {"learning_rate": 3e-4}, ("no-signal",), ("floor",)),
}


def absent(completions: Sequence[str], **_: Any) -> list[float]:
    return [float("zyzzyva" in text) for text in completions]


def broken(completions: Sequence[str], answer: Sequence[str], **more: Any) -> list[float]:
    """Takes the completion for one without its prompt's length, as one of the logs' authors did."""
    read = [text[20:].strip() for text in completions]
    more["log_extra"]("parsed", read)
    more["log_extra"]("answer", list(answer))
    return [1.0 if said == right else -1.0 for said, right in zip(read, answer, strict=True)]


def scorer(kind: Kind) -> Scorer:
    """Return the reward function as TRL calls it."""
    if kind.reward in ("absent", "broken"):
        return absent if kind.reward == "absent" else broken
    (reward,) = build_rewards([{"name": kind.reward}])

    def score(completions: Sequence[str], answer: Sequence[str | None], **_: Any) -> list[float]:
        return [value or 0.0 for value in reward.score(list(completions), list(answer))]

    score.__name__ = kind.reward
    return score


def train(kind: Kind, seed: int, folder: Path) -> None:
    """Let TRL train, and write what it writes."""
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    examples = build_task(kind.task)
    short = {} if kind.task["name"] == "stories" else {"max_completion_length": 8}
    config = GRPOConfig(
        output_dir=str(folder),
        **{**COMMON, **short, **kind.grpo},
        logging_steps=1,
        save_strategy="no",
        log_completions=True,
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        seed=seed,
    )
    data = Dataset.from_list([{"prompt": e.prompt, "answer": e.answer or ""} for e in examples])
    trainer = GRPOTrainer(
        model=str(toy_path(kind.task["name"])), reward_funcs=[scorer(kind)], args=config, train_dataset=data
    )
    trainer.train()
    trainer.save_state()


def run(name: str, seed: int, keep: Path | None) -> tuple[Report, float]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = (keep or Path(place)) / f"{name}, {seed}"
        if not (folder / "trainer_state.json").exists():
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                train(KINDS[name], seed, folder)
        report = replay(find(folder))
        json.dumps(report.to_json())
    return report, time.monotonic() - began


def right(name: str, report: Report) -> bool:
    kind = KINDS[name]
    return report.verdict in kind.verdicts and (not kind.causes or report.cause in kind.causes)


def _ends(report: Report, name: str, digits: int = 2) -> str:
    points = report.signals.get(name)
    return f"{points[0][1]:.{digits}f} -> {points[-1][1]:.{digits}f}" if points else "-"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--kinds", nargs="+", default=[""], help="only those whose name has one of these in it"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[4, 5, 6])
    parser.add_argument(
        "--keep", type=Path, help="leave what TRL wrote here; what is there is not trained again"
    )
    asked = parser.parse_args()
    table.circumstances()
    table.heading(
        "run", "seed", "reward", "TRL's zero-std", "zero-std", "Jaccard", "ends", "at step", "as fixed", "s"
    )
    confusion: Counter[tuple[str, str]] = Counter()
    wrong = 0
    for seed in asked.seeds:
        for name in [name for name in KINDS if any(part in name for part in asked.kinds)]:
            report, seconds = run(name, seed, asked.keep)
            fits = right(name, report)
            wrong += not fits
            confusion["/".join(KINDS[name].verdicts), report.verdict] += 1
            cause = f" ({report.cause})" if report.cause else ""
            at = report.changes[-1].step if report.changes else "-"
            values = [
                _ends(report, key) for key in ("reward", "frac_reward_zero_std", "zero_std", "jaccard_cross")
            ]
            table.row(
                name,
                seed,
                *values,
                f"{report.verdict}{cause}",
                at,
                "yes" if fits else "**no**",
                f"{seconds:.0f}",
            )
    print()
    ends = sorted({verdict for _, verdict in confusion})
    table.heading("may end as", *ends)
    for expected in dict.fromkeys(expected for expected, _ in confusion):
        table.row(expected, *[confusion[expected, verdict] for verdict in ends])
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
