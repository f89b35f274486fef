"""Try the health rules on made-up runs, beside the rules that people use, and print a table.

    python -m benchmarks.health                      # the seeds that docs/health.md reports: 420 to 436
    python -m benchmarks.health --seeds 0 5          # 0 to 4, the ones that the rules were tuned on

Exit code 1 when the bar is missed: no false and no early alarm, 97 % of bad runs found, 95 % of those in 50
steps, solved runs end solved, runs that crash and recover leave collapsed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from benchmarks import table
from benchmarks.health import bad, healthy
from benchmarks.health.score import ALARMS, Told, delays, judge, middle, p95, stream
from grpotui.records import Verdict

REPORTED = (420, 437)
FOUND, DELAY, SOLVED = 0.97, 50, 0.9


def healthy_row(kind: str, told: Sequence[Told]) -> None:
    false = sum(one.alarm is not None for one in told)
    warned = sum(Verdict.WARNING in one.stood for one in told)
    table.row(kind, len(told), false, warned, _ends(told), *_naive(told))


def bad_row(kind: str, told: Sequence[Told]) -> None:
    found = delays(told)
    early = sum(one.premature for one in told)
    right = sum(one.delay is not None and one.cause in bad.CAUSES[kind] for one in told)
    times = f"{middle(found):.0f} / {p95(found)}"
    table.row(kind, len(told), len(found), early, times, right, _ends(told), *_naive(told))


def _ends(told: Sequence[Told]) -> str:
    return ", ".join(
        f"{verdict} {count}" for verdict, count in Counter(one.end for one in told).most_common()
    )


def _naive(told: Sequence[Told]) -> list[str]:
    """Return for each naive rule how many runs it is right about: no alarm, or one after the onset."""
    right = []
    for name in told[0].naive:
        count = 0
        for one in told:
            at, onset = one.naive[name], one.stream.onset
            count += at is None if onset is None else at is not None and at >= onset
        right.append(f"{count}")
    return right


def missed(well: Sequence[Told], ill: Sequence[Told]) -> list[str]:
    """Return what the bar asks for and does not get."""
    found = delays(ill)
    solved = [one for one in well if one.stream.kind in healthy.SOLVED]
    back = [one for one in ill if one.stream.kind == "crash and recover"]
    holds = {
        "no false alarm": all(one.alarm is None for one in well),
        "no early alarm": not any(one.premature for one in ill),
        f"{FOUND:.0%} of bad runs found": len(found) >= FOUND * len(ill),
        f"95 % within {DELAY} steps": p95(found) <= DELAY,
        "solved runs end solved": sum(one.end is Verdict.SOLVED for one in solved) >= SOLVED * len(solved),
        "who recovers leaves collapsed": all(one.end not in ALARMS for one in back),
    }
    return [what for what, is_so in holds.items() if not is_so]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs=2, default=REPORTED, metavar=("FIRST", "END"))
    seeds = range(*parser.parse_args().seeds)
    table.circumstances()
    naive = ("naive, one step", "naive, 5 in a row", "naive, mean of 20")
    well: list[Told] = []
    ill: list[Told] = []
    table.heading("nothing wrong", "runs", "false alarms", "ever warned", "ends", *naive)
    for kind in healthy.KINDS:
        told = [judge(stream(kind, seed)) for seed in seeds]
        healthy_row(kind, told)
        well += told
    healthy_row("**all**", well)
    print()
    table.heading(
        "goes wrong", "runs", "found", "early", "delay, median / p95", "cause named right", "ends", *naive
    )
    for kind in bad.KINDS:
        told = [judge(stream(kind, seed)) for seed in seeds]
        bad_row(kind, told)
        ill += told
    found = delays(ill)
    early = sum(one.premature for one in ill)
    right = sum(one.delay is not None and one.cause in bad.CAUSES[one.stream.kind] for one in ill)
    table.row(
        "**all**", len(ill), len(found), early, f"{middle(found):.0f} / {p95(found)}", right, "", *_naive(ill)
    )
    problems = missed(well, ill)
    print("\n".join(f"missed: {problem}" for problem in problems) or "the bar is met", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
