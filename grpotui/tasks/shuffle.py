"""A fixed random order of any range of numbers, without holding it; the same on every Python."""

from __future__ import annotations

from hashlib import blake2b

_ROUNDS = 4


class Shuffle:
    """A seeded permutation of ``range(size)``: ``shuffle[i]`` is its i-th number.

    A Feistel network over the next even power of two, walked until it lands inside the range. Problems can
    so be taken from both ends: the first ones never change when more are taken from the end.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._seed = seed
        self._half = max(1, (max(size - 1, 1).bit_length() + 1) // 2)
        self._mask = (1 << self._half) - 1

    def __getitem__(self, index: int) -> int:
        """Return the number at ``index``. Raises IndexError outside ``range(size)``."""
        if not 0 <= index < self._size:
            raise IndexError(index)
        number = self._mix(index)
        while number >= self._size:
            number = self._mix(number)
        return number

    def _mix(self, number: int) -> int:
        left, right = number >> self._half, number & self._mask
        for turn in range(_ROUNDS):
            text = f"{self._seed}:{turn}:{right}".encode()
            noise = int.from_bytes(blake2b(text, digest_size=16).digest(), "big")
            left, right = right, left ^ (noise & self._mask)
        return left << self._half | right
