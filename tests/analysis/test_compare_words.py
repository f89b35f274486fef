"""The same prompt in every run: which one, at which step, and how it is quoted."""

from __future__ import annotations

import json

import pytest

from grpotui.analysis.compare.excerpts import excerpt_json, excerpt_rows
from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import load
from grpotui.analysis.compare.subject import steps_of
from grpotui.analysis.compare.words import excerpts, shared_prompts, that_differ
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace
from tests.analysis.test_compare import write
from tests.writing import RunWriter, sample

IDS = ("base-aaaa", "other-bbbb")


def watch(workspace: Workspace, run_id: str, right: dict[str, tuple[int, ...]], every: int = 40) -> None:
    """Add watch prompts to a run; ``right``: how many of 4 were right at each evaluation."""
    writer = RunWriter(workspace.run(run_id))
    for number, (prompt, counts) in enumerate(right.items()):
        for place, count in enumerate(counts):
            made = [sample("42" if n < count else "no idea", float(n < count)) for n in range(4)]
            step = max(every * place, 1)
            writer.group(number, made, prompt=prompt, step=step, mode="watch", answer="42")
    writer.close()


def sorted_watch(workspace: Workspace, run_id: str) -> None:
    """Put the lines of watch prompts into the order of steps, as a trainer writes them."""
    path = workspace.run(run_id).completions
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines.sort(key=lambda line: (line["step"], line["mode"], line["group"]))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture
def registry(workspace: Workspace) -> Registry:
    write(workspace, "base-aaaa", reward_binary=True)
    write(workspace, "other-bbbb", {"beta": 0.2}, reward_binary=True)
    watch(workspace, "base-aaaa", {"alike": (0, 2, 3, 4), "apart": (0, 1, 4, 4)})
    watch(workspace, "other-bbbb", {"alike": (0, 2, 3, 4), "apart": (0, 1, 1, 1)})
    for run_id in IDS:
        sorted_watch(workspace, run_id)
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)


def test_watch_prompts_go_before_and_those_that_differ_most_come_first(registry: Registry) -> None:
    subjects = load(registry, IDS, KEYS)
    assert shared_prompts(registry, IDS).mode == "watch"
    first, second = excerpts(registry, subjects, 5)
    assert [one.first and one.first.prompt for one in (first, second)] == ["apart", "alike"]
    assert excerpt_rows(first, subjects) == [
        ["watch prompt: apart (42)", "4/4 at step 120  ●●●●", "1/4 at step 120  ●○○○"],
        ["", "x4 ● 42", "x3 ○ no idea"],
        ["", "", "x1 ● 42"],
        ["over time", "s1 0/4  s40 1/4  s80 4/4  >s120 4/4", "s1 0/4  s40 1/4  s80 1/4  >s120 1/4"],
    ]
    assert len(excerpts(registry, subjects, 1)) == 1
    assert excerpts(registry, subjects, 0) == []


def test_the_nearest_step_is_named(registry: Registry) -> None:
    subjects = load(registry, IDS, KEYS)
    one = excerpts(registry, subjects, 1, at=55)[0]
    assert [told.group.step for told in one.told if told.group] == [40, 40]
    found = excerpt_json(one, subjects)
    assert (found["mode"], found["answer"]) == ("watch", "42")
    assert found["values"]["A"]["step"] == 40
    assert found["values"]["A"]["texts"] == [
        {"text": "42", "count": 2, "reward": 1.0},
        {"text": "no idea", "count": 2, "reward": 0.0},
    ]
    assert [visit["step"] for visit in found["values"]["B"]["history"]] == [1, 40, 80, 120]


def test_evaluations_that_are_far_apart_tell_prompts_apart_all_the_same(registry: Registry) -> None:
    shared = shared_prompts(registry, IDS)
    # No evaluation is within a tenth of the run around step 100: the nearest, 80 or 120, counts.
    differ = that_differ(registry, dict.fromkeys(IDS, 100), shared, 1.0)
    assert len(differ) == 1
    assert that_differ(registry, dict.fromkeys(IDS, 40), shared, 1.0) == ()


def test_runs_with_other_batches_stand_after_as_many_samples(workspace: Workspace) -> None:
    write(workspace, "small-aaaa")
    write(workspace, "large-bbbb", {"per_device_train_batch_size": 64})
    connection = connect(workspace)
    sync(connection, workspace)
    subjects = load(Registry(connection, workspace), ("small-aaaa", "large-bbbb"), KEYS)
    assert steps_of(subjects) == {"small-aaaa": 120, "large-bbbb": 30}
    assert steps_of(subjects, at=40) == {"small-aaaa": 40, "large-bbbb": 10}


def test_runs_that_share_nothing_have_no_prompts(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    writer = RunWriter(workspace.run("fresh-bbbb"))
    writer.asked(config={"model": "tiny"})
    writer.status("queued")
    writer.close()
    connection = connect(workspace)
    sync(connection, workspace)
    registry = Registry(connection, workspace)
    subjects = load(registry, ("base-aaaa", "fresh-bbbb"), KEYS)
    assert excerpts(registry, subjects, 3) == []


def test_long_groups_are_cut_and_counted(workspace: Workspace) -> None:
    for run_id in IDS:
        write(workspace, run_id)
        writer = RunWriter(workspace.run(run_id))
        made = [sample(f"text {n} \x1b[31m" + "x" * 300, n / 20) for n in range(20)]
        writer.group(7, made, prompt="many", step=120, mode="watch")
        writer.close()
    connection = connect(workspace)
    sync(connection, workspace)
    registry = Registry(connection, workspace)
    subjects = load(registry, IDS, KEYS)
    rows = excerpt_rows(excerpts(registry, subjects, 1)[0], subjects)
    assert len(rows) == 7
    assert rows[6][1] == "x15 15 others"
    assert all(len(cell) <= 81 and "\x1b" not in cell for row in rows for cell in row[1:])
