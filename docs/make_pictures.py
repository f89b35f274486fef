"""Draw the pictures of the README and the docs: the real app on real runs of the toys.

make pictures        # about ten minutes: trains the demos, a sweep and a probe in a temporary workspace
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from grpotui.launch.control import wait
from grpotui.launch.request import LaunchRequest
from grpotui.launch.submit import launch
from grpotui.launch.sweeps.control import wait_for
from grpotui.launch.sweeps.plan import SweepRequest
from grpotui.launch.sweeps.start import launch_sweep
from grpotui.presets.loader import load
from grpotui.registry.opening import opened
from grpotui.tui.app import GrpoTui
from grpotui.workspace import Workspace

PICTURES = Path(__file__).parent / "pictures"
SIZES = ((120, 35), (80, 24))
EXPECTED = (
    'contract.hypothesis="A little KL keeps the stories different."',
    'contract.primary="max(jaccard, last=20) < 0.5"',
)
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def train(workspace: Workspace, preset: str, *overrides: str) -> str:
    """Run a preset to its end and return the run's id."""
    request = LaunchRequest(load(preset, workspace), overrides, device="cpu", force=True)
    run_id = launch(workspace, request)
    ended = wait(workspace, run_id, lambda _: None)
    print(f"{run_id}: {ended.status}, {ended.verdict}", file=sys.stderr)
    return run_id


async def draw(
    workspace: Workspace,
    name: str,
    run_id: str | None = None,
    *keys: str,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> None:
    """Open the app at each size, press ``keys``, and save what it shows."""
    for columns, rows in sizes:
        app = GrpoTui(workspace, open_run=run_id)
        async with app.run_test(size=(columns, rows)) as pilot:
            await pilot.pause(2.5)
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.3)
            await pilot.pause(2.0)
            svg = _WEB_FONT.sub("", app.export_screenshot(title="grpotui"))
        path = PICTURES / f"{name}-{columns}x{rows}.svg"
        path.write_text(svg, encoding="utf-8")
        print(path, file=sys.stderr)


def main() -> None:
    """Train, then draw every screen."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRPOTUI_RUNTIME_DIR"] = folder
        workspace = Workspace(Path(folder) / "work")
        workspace.create()
        collapsed, happy = train(workspace, "demo-collapse"), train(workspace, "demo-happy")
        train(workspace, "demo-arithmetic")
        train(workspace, "demo-happy", "grpo.beta=0.1", "grpo.temperature=0.7", "grpo.seed=7", *EXPECTED)
        for name, run_id, *keys in (
            ("run-collapsed", collapsed),
            ("run-solved", happy),
            ("run-zoomed", collapsed, "x", "x", "plus", "plus", "S"),
            ("run-metric", collapsed, "a", *"zero"),
            ("read", collapsed, "enter"),
            ("verdict", collapsed, "V"),
            ("search", collapsed, "slash", *"garden", "enter"),
            ("runs", None),
            ("launch", None, "n", "enter"),
            ("resources", None, "g"),
            ("log-book", None, "w", "B", "j"),
            ("help", None, "question_mark"),
            ("commands", None, "ctrl+p"),
        ):
            asyncio.run(draw(workspace, name, run_id, *keys))
        beside_each_other(Workspace(Path(folder) / "pairs"))
        searched(Path(folder))


def beside_each_other(workspace: Workspace) -> None:
    """Draw two pairs of runs: one that differs in beta, temperature and seed, one in the size of batches."""
    workspace.create()
    asked = ("task.held_out=40", "eval.every=20", "eval.watch=6")
    train(workspace, "demo-happy", *asked)
    train(workspace, "demo-happy", *asked, "grpo.beta=0.1", "grpo.temperature=0.7", "grpo.seed=7")
    train(workspace, "demo-arithmetic", *asked)
    train(workspace, "demo-arithmetic", *asked, "grpo.per_device_train_batch_size=256", "grpo.max_steps=40")
    happy = ("slash", *"happy", "enter", "space", "space", "c")
    sums = ("slash", *"arithmetic", "enter", "space", "space", "c")
    for name, sizes, *keys in (
        ("compare", SIZES, *happy),
        ("compare-charts", SIZES[1:], *happy, "tab", *["left_square_bracket"] * 20),
        ("compare-words", SIZES[1:], *happy, "tab", "tab", "n"),
        ("compare-samples", SIZES[:1], *sums),
        ("compare-samples", SIZES[1:], *sums, "tab"),
    ):
        asyncio.run(draw(workspace, name, None, *keys, sizes=sizes))


def searched(folder: Path) -> None:
    """Draw a sweep over beta and temperature, and a probe over tokens and repetition penalty."""
    sweeps, probes = Workspace(folder / "sweeps"), Workspace(folder / "probes")
    betas, heat = "grpo.beta=0,0.1,0.2", "grpo.temperature=0.3,1.0"
    tokens, penalties = "grpo.max_completion_length=32,64,128", "grpo.repetition_penalty=1.0,1.6,3.0"
    short = ("grpo.max_steps=40",)
    finish(sweeps, SweepRequest(load("demo-collapse", None), (betas, heat), overrides=short, device="cpu"))
    finish(probes, SweepRequest(load("demo-probe", None), (tokens, penalties), rollouts=64, device="cpu"))
    for workspace, name, sizes, *keys in (
        (probes, "probe", SIZES, "S", "enter"),
        (sweeps, "sweep", SIZES, "S", "enter"),
        (sweeps, "sweep-charts", SIZES[:1], "S", "enter", "x", "x"),
    ):
        asyncio.run(draw(workspace, name, None, *keys, sizes=sizes))


def finish(workspace: Workspace, request: SweepRequest) -> None:
    """Run a sweep or probe to its end."""
    workspace.create()
    sweep = launch_sweep(workspace, request)
    with opened(workspace) as registry:
        asked = registry.sweep(sweep)
    wait_for(workspace, asked, (), lambda _: None)
    print(f"{sweep}: done", file=sys.stderr)


if __name__ == "__main__":
    main()
