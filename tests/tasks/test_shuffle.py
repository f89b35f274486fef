from __future__ import annotations

import pytest

from grpotui.tasks.shuffle import Shuffle


@pytest.mark.parametrize("size", [1, 2, 3, 17, 64, 1323])
def test_every_number_comes_once(size: int) -> None:
    shuffle = Shuffle(size, 5)
    assert sorted(shuffle[i] for i in range(size)) == list(range(size))


def test_seeds_differ_and_neighbours_are_apart() -> None:
    one, two = Shuffle(1000, 1), Shuffle(1000, 2)
    assert [one[i] for i in range(1000)] != [two[i] for i in range(1000)]
    assert sum(abs(one[i] - one[i + 1]) == 1 for i in range(999)) < 20
    halves = sum(one[i] < 500 for i in range(500))
    assert 200 < halves < 300


def test_large_ranges_and_their_ends() -> None:
    shuffle = Shuffle(3 * 10**18, 0)
    assert 0 <= shuffle[3 * 10**18 - 1] < 3 * 10**18
    with pytest.raises(IndexError):
        shuffle[3 * 10**18]
    with pytest.raises(IndexError):
        shuffle[-1]
