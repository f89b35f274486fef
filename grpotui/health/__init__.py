"""Health: signals from groups, a window over steps, rules, a verdict. Pure, standard library only.

``signals.compute`` is the dear part and runs once per step, where the groups are at hand; ``Monitor`` is
cheap, and gives the same answers live and replayed over ``metrics.jsonl`` and ``signals.jsonl``.
"""
