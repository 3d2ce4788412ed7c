"""Whether asking people by the rules is better than whoever reads it first, shown on the same stream of questions.

    make simulate

Months of a helpdesk of sixty technicians, with the rules of the product (`domain/routing`, `domain/availability`) and no
database. The promises are counted here once more, in a plain way that does not trust those rules. Ends with status 1
when one of them is broken.

The people, the questions and how people behave are made up, by the same seed the same every time. What matters is that
both ways of working get the same of all three: the same questions at the same moments, the same quiet hours, absences and
caps, and the same habits of looking.
"""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from benchmarks.report import Figure, show
from benchmarks.routing.first_come import first_come
from benchmarks.routing.offered import offered
from benchmarks.routing.outcome import Outcome, gini
from benchmarks.routing.town import Town

PART = "routing"
QUESTIONS = 10_000
LESS_UNEQUAL = 0.70  # of the Gini of first come, first served
SEED = 20261123


def figures(town: Town, by_rules: Outcome, by_chance: Outcome) -> list[Figure]:
    """What was promised of the rules, each with its limit; what there is to compare, without one."""
    spread, before = gini(by_rules.loads(town)), gini(by_chance.loads(town))
    matched, matched_before = by_rules.matched(town), by_chance.matched(town)
    return [
        Figure(
            PART,
            "caps broken",
            by_rules.caps_broken(town),
            "",
            0,
            f"first come: {by_chance.caps_broken(town)}",
        ),
        Figure(
            PART,
            "asked in quiet hours or while away",
            by_rules.disturbed(town),
            "",
            0,
            f"of {by_rules.pings:,} times somebody was asked by name",
        ),
        Figure(
            PART,
            "asked at once, at most",
            by_rules.most_at_once(),
            "people",
            3,
            "of one team; never everybody in it",
        ),
        Figure(PART, "whole teams asked at once", by_rules.whole_teams, "", 0, "of two people or more"),
        Figure(
            PART,
            "how unequal the load is (Gini), to first come",
            spread / before,
            "×",
            LESS_UNEQUAL,
            f"{spread:.3f} against {before:.3f}",
        ),
        Figure(
            PART,
            "helped by somebody without the skill, to first come",
            (1 - matched) / (1 - matched_before),
            "×",
            1.0,
            f"with the skill: {matched:.1%} against {matched_before:.1%}",
        ),
        Figure(
            PART,
            "past the target, nobody has it, not escalated",
            by_rules.forgotten(),
            "",
            0,
            f"{by_rules.late():,} past it, all escalated; first come: {by_chance.late():,}, none escalated",
        ),
        *_to_read(by_rules, by_chance),
    ]


def _to_read(by_rules: Outcome, by_chance: Outcome) -> list[Figure]:
    waited, waited_before = by_rules.waited(), by_chance.waited()
    waves = by_rules.waves()
    return [
        Figure(
            PART,
            "hours open until somebody has it, median",
            waited[len(waited) // 2],
            "h",
            None,
            f"95 %: {waited[len(waited) * 95 // 100]:.1f}; first come: {waited_before[len(waited_before) // 2]:.2f},"
            f" 95 %: {waited_before[len(waited_before) * 95 // 100]:.1f}",
        ),
        Figure(
            PART,
            "taken by one of the first who were asked",
            waves["PEOPLE"],
            "%",
            None,
            ", ".join(f"{name.lower()} {share:.0f} %" for name, share in waves.items()),
        ),
        Figure(
            PART,
            "done by volunteers",
            by_rules.volunteered,
            "%",
            None,
            f"first come: {by_chance.volunteered:.0f} %",
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    town = Town.made(chosen.seed, chosen.questions)
    found = figures(town, offered(town), first_come(town))
    show(found, Console())
    return 0 if all(figure.good for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
