"""What can be written, what it means, and what is said of everything else."""

from __future__ import annotations

import random

import pytest

from grpotui.contract import ContractError, condition
from grpotui.contract.syntax import MAX_DEPTH, measure
from grpotui.contract.tokens import MAX_LENGTH
from tests.contract.scenes import lines, mark

RISING = lines(reward=[0.1 * n for n in range(1, 11)], kl=[2.0, 4.0] * 5)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("reward > 0.9", True),
        ("reward<1", False),
        ("mean(reward, last=2) == 0.95", True),
        ("0.54 < mean(reward) <= 0.55", True),
        ("min(reward, last=3) >= .8 and max(reward) <= 1", True),
        ("std(kl, last=4) > 1.15 and std(kl, last=4) < 1.16", True),
        ("slope(reward, last=10) > 0.0999 and slope(reward, last=10) < 0.1001", True),
        ("roughness(kl) == 2", True),
        ("step == 10 and epoch == 1.0", True),
        ("not (reward > 2 or kl > 5)", True),
        ("not reward > 2 and not kl > 5", True),
        ("1 + 2 * 3 == 7 and -(1 - 2) * 4 / 2 == 2 and step > 0", True),
        ("2 - 1 - 1 == 0 and 8 / 4 / 2 == 1 and step > 0", True),
        ("first(reward >= 0.5) == 5", True),
        ("first(reward >= 0.45, epoch) <= 0.5", True),
        ("first(mean(reward, last=2) > 0.5, step) == 6", True),
        ("first(first(reward > 0.35) < step) == 5", True),
        ("reward > 0.95 or verdict == 'collapsed'", True),
        ("verdict != 'collapsed' and verdict != \"no-signal\"", True),
        ("1e-1 < reward and reward < 1.0e+1", True),
    ],
)
def test_expressions_mean_what_they_say(text: str, holds: bool) -> None:
    assert mark(text, RISING).state == ("holds" if holds else "fails")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", 1, "nothing stands here"),
        ("reward >", 9, "expected a number or a metric, got the end"),
        ("rewrad > 1", 1, "no metric rewrad; nearest: reward"),
        ("reward > 1 and kll < 2", 16, "no metric kll; nearest: kl"),
        ("reward/kl > 1", 1, "for a division write blanks around /"),
        ("mine > 1", 1, "a metric of your own goes in quotes: 'mine'"),
        ("men(reward, last=5) > 1", 1, "no function men; there are: mean, min"),
        ("mean(reward, last=0) > 1", 19, "last takes a whole number"),
        ("std(reward, last=1) > 1", 18, "last takes a whole number of logged values, 2 to"),
        ("mean(reward, 50) > 1", 14, "expected last=50, got 50"),
        ("mean(reward + kl) > 1", 13, "expected ), or last=50, got +"),
        ("mean(step) > 1", 6, "mean takes a metric"),
        ("reward", 1, "a number: compare it with something"),
        ("reward > 1 > ", 14, "expected a number or a metric"),
        ("(reward > 1) + 2 > 3", 14, "+ takes numbers, not a condition"),
        ("not reward", 1, "not takes conditions"),
        ("reward > 1 and kl", 12, "and takes conditions"),
        ("(reward > 1", 12, "expected ), got the end"),
        ("reward > 1)", 11, "expected and, or, a sign or the end, not )"),
        ("reward = 1", 8, "expected and, or, a sign or the end, not ="),
        ("verdict > 1", 1, "compare verdict with == or !="),
        ("verdict == 'colapsed'", 12, "no verdict colapsed; there are: warming-up"),
        ("1 < verdict", 5, "verdict stands alone"),
        ("baseline > 1", 1, "write baseline.reward"),
        ("baseline.rewrd > 1", 1, "no metric rewrd; nearest: reward"),
        ("reward > 1 & kl > 1", 12, "cannot read '&': write and"),
        ("reward > 5%", 11, "cannot read '%'"),
        ("first(reward) > 1", 1, "first takes conditions"),
        ("first(reward > 1, hours) > 1", 19, "expected step or epoch"),
        ("__import__('os') == 1", 1, "no function __import__"),
        ("reward.real > 1", 1, "no metric reward.real"),
        ("reward\x1b[31m > 1", 7, "cannot read"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place_in_one_line(text: str, place: int, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        condition(text)
    said = str(caught.value)
    assert said.startswith(f"at {place}: ")
    assert message in said
    assert "\n" not in said and "\x1b" not in said and len(said) <= 300


def test_a_forecast_is_about_a_number() -> None:
    assert measure("mean(reward, last=50) - baseline.reward")
    with pytest.raises(ContractError, match="a forecast is about a number"):
        measure("reward > 1")


def test_length_and_depth_are_limited() -> None:
    with pytest.raises(ContractError, match=f"longer than {MAX_LENGTH} characters"):
        condition("reward > " + "1" * MAX_LENGTH)
    for deep in ("(" * 400 + "reward", "not " * 120 + "reward > 1", "-" * 400 + "reward > 1"):
        with pytest.raises(ContractError, match=f"more than {MAX_DEPTH} brackets"):
            condition(deep)
    assert condition(" and ".join(["kl > 1"] * 40))


def test_nothing_but_contract_errors_comes_out_of_any_text() -> None:
    noise = random.Random(5)
    good = "not ( first ( reward > 3 ) < step and mean ( kl , last = 2 ) / 2 >= - baseline.kl )"
    whole = good.split()
    words = [*whole, "1e9", "or", "epoch", "verdict", "==", "'x'", "é", "\x00", "0x1", "..", "'", ")", ","]
    parsed = 0
    for _ in range(4000):
        text = list(whole)
        for _ in range(noise.randint(1, 3)):
            text[noise.randrange(len(text))] = noise.choice(words)
        try:
            condition(" ".join(text))
            parsed += 1
        except ContractError as error:
            assert str(error).startswith("at ")
    assert 100 < parsed < 3000
