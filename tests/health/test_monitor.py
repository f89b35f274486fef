from __future__ import annotations

import json
import random

import pytest

from grpotui.health.monitor import Monitor, VerdictChange
from grpotui.health.signals import compute
from grpotui.records import Completion, Flag, Group, Level, RewardRange, Verdict
from tests.health.scenes import BINARY, SIGNED, Line, Scene, context, flags, judged, lines, verdicts, watch


def test_nothing_is_judged_before_the_window_is_full() -> None:
    monitor, seen = judged(lambda step: Scene(0.5, jaccard=0.2), steps=15)
    assert monitor.verdict is Verdict.WARMING_UP
    assert verdicts(seen) == []
    after = monitor.step(*Scene(0.5, jaccard=0.2).line(16))
    assert after.change is not None
    message = "64 groups seen: reward 0.50, zero-std 0.00, Jaccard 0.20"
    assert after.change == VerdictChange(16, Verdict.WARMING_UP, Verdict.HEALTHY, "", message, since=16)


def test_flat_at_the_ceiling_is_harmless() -> None:
    # Seed pm8cy3ri: 59 of 64 correct, zero-std 0.5, called bad by hand: 5 wrong cannot fill a group of 16.
    monitor, seen = judged(lambda step: Scene(2 * 59 / 64 - 1, ceiling=2), span=SIGNED)
    assert monitor.verdict is Verdict.HEALTHY
    found = flags(seen, "threshold")
    assert found
    assert {flag.level for flag in found} == {Level.INFO}
    assert all("all at the ceiling: harmless" in flag.message for flag in found)
    assert found[-1].message.startswith("zero-std 0.50 over 0.50 (")


def test_all_at_the_floor_is_no_signal() -> None:
    # Seed lo96kcmm: -1.0 at zero-std 1.0.
    monitor, seen = judged(lambda step: Scene(-1.0, floor=4), span=SIGNED)
    assert verdicts(seen) == [(16, "no-signal")]
    (flag,) = flags(seen, "verdict")
    assert (flag.level, flag.signal, flag.value) == (Level.BAD, "reward", -1.0)
    assert "64/64 groups flat at the lowest reward" in flag.message
    assert "Not a collapse" in flag.message
    assert monitor.verdict is Verdict.NO_SIGNAL


def test_a_run_that_began_better_is_not_said_to_have_never_been() -> None:
    # Learning rate 1e6: the first step had the model as it came, at -0.48; all later ones are at the floor.
    def scene(step: int) -> Scene:
        return Scene(-0.5) if step <= 3 else Scene(-1.0, floor=4)

    _, seen = judged(scene, span=SIGNED)
    assert verdicts(seen) == [(16, "warning"), (20, "collapsed")]
    assert "Not a hard task: it was better before" in flags(seen, "verdict")[-1].message


def test_no_signal_ends_when_rewards_come() -> None:
    def scene(step: int) -> Scene:
        return Scene(-1.0, floor=4) if step < 40 else Scene(0.0, jaccard=None)

    _, seen = judged(scene, span=SIGNED)
    assert [verdict for _, verdict in verdicts(seen)] == ["no-signal", "healthy"]


def test_a_reward_that_never_differs_is_no_signal() -> None:
    _, seen = judged(lambda step: Scene(0.5, other=4, jaccard=0.2))
    (change,) = [j.change for j in seen if j.change]
    assert (change.new, change.cause) == (Verdict.NO_SIGNAL, "constant-reward")
    assert "the reward does not differ within groups since step" in change.message


def test_a_reward_function_that_returns_nothing_is_no_signal() -> None:
    monitor = Monitor(context(BINARY))
    for step in range(1, 21):
        silent = Group(step, 0, "train", "2 + 3 =", tuple(Completion(f"{n}", 1) for n in range(8)))
        found = compute(step, [silent], BINARY)
        monitor.step({"step": step, "reward": None, "frac_reward_zero_std": 0.0}, found)
    assert (monitor.verdict, monitor.cause) == (Verdict.NO_SIGNAL, "no-reward")


def test_a_hard_task_warns_but_has_not_collapsed() -> None:
    _, seen = judged(lambda step: Scene(0.1, floor=3, jaccard=0.2))
    assert verdicts(seen) == [(16, "warning")]


def test_template_collapse_with_a_rising_reward() -> None:
    def scene(step: int) -> Scene:
        return Scene(min(0.2 + step / 100, 0.93), jaccard=min(0.3 + step / 120, 0.8))

    monitor, seen = judged(scene, steps=90)
    assert [verdict for _, verdict in verdicts(seen)] == ["healthy", "warning", "collapsed"]
    warning, collapsed = flags(seen, "verdict")[1:]
    assert (collapsed.level, collapsed.signal) == (Level.BAD, "jaccard")
    # Half of the way from its start to 1 before it is over 0.70, so no line is named.
    assert collapsed.value is not None
    assert 0.65 < collapsed.value < 0.7
    assert collapsed.threshold is None
    assert 43 < collapsed.step <= 56
    assert "one template since step" in collapsed.message
    assert "looks fine: it cannot see this" in collapsed.message
    assert warning.level is Level.WARN
    assert [j.change.cause for j in seen if j.change] == ["", "template", "template"]
    assert monitor.verdict is Verdict.COLLAPSED


def test_collapse_of_diversity_below_the_ceiling() -> None:
    monitor, seen = judged(lambda step: Scene(0.5 + step / 1000, other=min(step // 20, 4), jaccard=0.2))
    last = [j.change for j in seen if j.change][-1]
    assert (last.new, last.cause) == (Verdict.COLLAPSED, "low-diversity")
    assert "not a template: Jaccard 0.20" in last.message
    assert monitor.verdict is Verdict.COLLAPSED


def test_a_crash_to_the_floor_is_a_collapse() -> None:
    def scene(step: int) -> Scene:
        return Scene(0.6, ceiling=1) if step < 40 else Scene(-1.0, floor=4)

    _, seen = judged(scene, span=SIGNED)
    last = [j.change for j in seen if j.change][-1]
    assert (last.new, last.cause) == (Verdict.COLLAPSED, "crash")
    assert "0.60 at its best" in last.message


def test_solved_and_diverse() -> None:
    def scene(step: int) -> Scene:
        return Scene(min(0.1 + step / 40, 0.98), ceiling=min(step // 10, 4), jaccard=0.38)

    monitor, seen = judged(scene)
    assert [verdict for _, verdict in verdicts(seen)] == ["healthy", "solved"]
    assert not [flag for j in seen for flag in j.flags if flag.level is not Level.INFO]
    (flag,) = flags(seen, "verdict")[1:]
    assert "at its ceiling" in flag.message
    assert "harmless" in flag.message
    assert monitor.verdict is Verdict.SOLVED


def test_solved_where_similarity_does_not_apply() -> None:
    monitor, seen = judged(lambda step: Scene(0.99, ceiling=4), span=BINARY)
    assert monitor.verdict is Verdict.SOLVED
    assert "does not apply" in flags(seen, "verdict")[-1].message


def test_at_the_ceiling_with_one_template_is_not_solved() -> None:
    monitor, _ = judged(lambda step: Scene(1.0, ceiling=4, jaccard=0.9))
    assert monitor.verdict is Verdict.COLLAPSED
    monitor, _ = judged(lambda step: Scene(1.0, ceiling=4, jaccard=0.62))
    assert monitor.verdict is Verdict.WARNING


def test_one_dip_does_not_end_a_collapse_and_one_spike_does_not_make_one() -> None:
    def dips(step: int) -> Scene:
        return Scene(0.8, jaccard=0.1 if step in (50, 61) else 0.8)

    monitor, seen = judged(dips)
    assert verdicts(seen) == [(16, "collapsed")]
    assert monitor.verdict is Verdict.COLLAPSED
    monitor, seen = judged(lambda step: Scene(0.8, jaccard=0.9 if step % 10 == 0 else 0.2))
    assert verdicts(seen) == [(16, "healthy")]


def test_recovered_after_twice_the_patience_then_healthy() -> None:
    def scene(step: int) -> Scene:
        return Scene(0.5, jaccard=0.8 if step <= 30 else 0.2)

    _, seen = judged(scene)
    # The median of 5 is clean from step 33 on.
    assert verdicts(seen) == [(16, "collapsed"), (42, "recovered"), (52, "healthy")]
    change = next(j.change for j in seen if j.change and j.change.new is Verdict.RECOVERED)
    assert change.message.startswith("clean since step 33: ")


def test_quantised_shares_do_not_flicker() -> None:
    rng = random.Random(3)
    flat = [min(4, max(0, round(rng.gauss(1.0, 1.0)))) for _ in range(401)]
    _, seen = judged(lambda step: Scene(0.5, other=flat[step], jaccard=0.2), steps=400)
    assert 1 <= len(flags(seen, "threshold")) <= 12


def test_threshold_flags_come_once_each_way_and_with_evidence() -> None:
    def scene(step: int) -> Scene:
        return Scene(0.5, other=4 if 30 <= step < 60 else 0, jaccard=0.71 if step >= 60 else 0.2)

    _, seen = judged(scene, steps=100)
    spread = [f for f in flags(seen, "threshold") if f.signal == "zero_std"]
    assert [(f.step, f.level, f.threshold) for f in spread] == [
        (33, Level.WARN, 0.25),
        (37, Level.BAD, 0.5),
        (69, Level.INFO, 0.5),
        (72, Level.INFO, 0.25),
    ]
    assert spread[1].message == "zero-std 0.50 over 0.50 (32/64 groups flat, 4/4 in this step): all between"
    (alike,) = [f for f in flags(seen, "threshold") if f.signal == "jaccard"]
    assert (alike.step, alike.level, alike.value) == (60, Level.BAD, 0.71)
    assert alike.message == "Jaccard 0.71 over 0.70 across prompts"


def test_a_harmless_flag_is_raised_again_when_it_is_so_no_longer() -> None:
    def scene(step: int) -> Scene:
        return Scene(0.5, ceiling=3 if step < 40 else 0, floor=0 if step < 40 else 3)

    _, seen = judged(scene)
    assert [f.level for f in flags(seen, "threshold")] == [Level.INFO, Level.WARN, Level.BAD]
    assert "at the floor" in flags(seen, "threshold")[-1].message


def test_groups_that_trl_calls_spread_are_flat() -> None:
    # TRL's frac_reward_zero_std reads 0.00 here: 0.1 * 3 and 0.3 differ by 5e-17.
    def line(step: int) -> Line:
        rewards = [0.1 * 3, 0.3, 0.1 + 0.2, 0.3]
        texts = [f"w{step} x{n} y z" for n in range(4)]
        groups = [
            Group(
                step,
                n,
                "train",
                f"p{n}",
                tuple(Completion(t, reward=r) for t, r in zip(texts, rewards, strict=True)),
            )
            for n in range(4)
        ]
        metrics = {"step": step, "reward": 0.3 if step > 2 else 0.2, "frac_reward_zero_std": 0.0}
        return metrics, compute(step, groups, BINARY)

    monitor = Monitor(context())
    seen = watch(monitor, [line(step) for step in range(1, 41)])
    assert any(f.value == 1.0 for f in flags(seen, "threshold"))
    # Every group is flat although completions differ, and always was.
    assert (monitor.verdict, monitor.cause) == (Verdict.NO_SIGNAL, "constant-reward")


def test_metrics_alone_are_judged_as_far_as_they_go() -> None:
    def step_of(step: int, zero: dict[str, float], reward: float) -> Line:
        return {"step": step, "reward": reward, **zero}, None

    split = {"grpotui/zero_std": 1.0, "grpotui/zero_std_ceiling": 0.0, "grpotui/zero_std_floor": 1.0}
    monitor = Monitor(context(SIGNED))
    watch(monitor, [step_of(s, split, -1.0) for s in range(1, 30)])
    assert monitor.verdict is Verdict.NO_SIGNAL
    # TRL's share does not say where: a high reward makes the ceiling likely.
    monitor = Monitor(context(BINARY))
    watch(monitor, [step_of(s, {"frac_reward_zero_std": 0.75}, 0.9) for s in range(1, 30)])
    assert monitor.verdict is Verdict.HEALTHY


@pytest.mark.parametrize("span", [None, RewardRange(0.0, float("inf")), RewardRange(1.0, 1.0)])
def test_without_a_reward_range_the_rewards_suggest_one(span: RewardRange | None) -> None:
    monitor, _ = judged(lambda step: Scene(0.5 + step / 1e3, other=4, jaccard=0.2), span=span)
    assert (monitor.verdict, monitor.span) == (Verdict.NO_SIGNAL, BINARY)
    monitor, _ = judged(lambda step: Scene(-1.0, floor=4), span=span)
    assert (monitor.verdict, monitor.cause, monitor.span) == (Verdict.NO_SIGNAL, "floor", SIGNED)
    monitor, _ = judged(lambda step: Scene(0.5, jaccard=0.9), span=span)
    assert monitor.verdict is Verdict.COLLAPSED


def test_lines_of_evaluation_and_summary_are_passed_over() -> None:
    monitor, _ = judged(lambda step: Scene(0.5, jaccard=0.2), steps=20)
    for line in ({"step": 20, "eval_accuracy": 0.5}, {"step": 20, "train_runtime": 3.0}, {"reward": 1.0}, {}):
        assert monitor.step(line, None).change is None
    after = watch(monitor, lines(lambda step: Scene(0.5, jaccard=0.2), range(21, 25)))
    assert verdicts(after) == []
    assert monitor.verdict is Verdict.HEALTHY


def test_flags_survive_their_stream() -> None:
    _, seen = judged(lambda step: Scene(0.5, other=step // 10 % 5, jaccard=step / 80))
    found = [flag for j in seen for flag in j.flags]
    assert found
    assert [Flag.from_json(json.loads(json.dumps(f.to_json()))) for f in found] == found
    assert all(f.message and f.message.isprintable() and len(f.message) < 300 for f in found)


@pytest.mark.parametrize("groups", [1, 2, 16])
def test_settings_are_kept_to(groups: int) -> None:
    def scene(step: int) -> Scene:
        return Scene(0.5 + step / 1e4, other=groups, groups=groups)

    _, seen = judged(scene, steps=40, window_groups=2 * groups, patience=2)
    # Two steps fill the window, but nothing is judged on fewer than ten.
    assert verdicts(seen) == [(10, "no-signal")]
