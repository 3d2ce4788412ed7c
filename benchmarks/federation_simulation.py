"""What helpdesks that lend each other questions say to one another, when there are two of them and when there are a hundred.

    make simulate

Days of made-up questions, with the rules of the product for whom is asked, its words as they travel, and its rhythm of
hellos and comparing; no database and no homeserver. What is counted is what one helpdesk says in a day: it hears as much.
Hellos go to every peer, and so does comparing once something was lent there: as many more as there are peers. What is said
of the questions themselves, and the bytes of comparing, grow with the own questions. Bytes are those of the JSON, before it
is encrypted. Ends with status 1 when it grows otherwise than promised.
"""

import sys

from rich.console import Console

from benchmarks.report import Figure, show
from benchmarks.traffic.city import COMPARING, HELLOS, LENDS, City
from helpdesk_bot.domain.federation.choosing import AT_ONCE

PART = "traffic"
SIZES = (2, 5, 10, 25, 50, 100)
OWN = 10  # questions a day that a helpdesk offers to others: a thousand in a city of a hundred helpdesks
BUSIER = (1, 3, 10)
GROWS = 1.25  # times: more than this is growth


def figures(sizes: tuple[int, ...] = SIZES, busier: tuple[int, ...] = BUSIER) -> list[Figure]:
    """For cities of more and more helpdesks that have as many questions each; and for the largest, of busier ones."""
    cities = {size: City(size, OWN).lived() for size in sizes}
    largest = max(sizes)
    found = [line for size, city in cities.items() for line in _lines(f"{size} helpdesks", city)]
    busy = {own: cities[largest] if own == OWN else City(largest, own).lived() for own in busier}
    for own, city in busy.items():
        name = f"{largest} helpdesks, {own} questions a day each: {LENDS}, for each"
        found.append(Figure(PART, name, city.words(LENDS) / own, "words", remark=_in_full(city, LENDS)))
    return [*found, *_promises(cities, busy)]


def _lines(name: str, city: City) -> list[Figure]:
    return [
        Figure(PART, f"{name}: {kind}", city.words(kind), "words", remark=_in_full(city, kind))
        for kind in (LENDS, COMPARING, HELLOS)
    ]


def _in_full(city: City, kind: str) -> str:
    return f"{city.words(kind):,.0f} words, {city.kilobytes(kind):,.0f} kB"


def _promises(cities: dict[int, City], busy: dict[int, City]) -> list[Figure]:
    """Between a city in which there is nearly always somebody more to ask, and the largest."""
    few, many = min(size for size in cities if size > 3 * AT_ONCE), max(cities)
    calm, busiest = min(busy), max(busy)
    less, more = cities[few], cities[many]
    what = f"{many} helpdesks to {few}"
    lends = more.words(LENDS) / less.words(LENDS)
    comparing = more.kilobytes(COMPARING) / less.kilobytes(COMPARING)
    hellos = (more.words(HELLOS) / (many - 1)) / (less.words(HELLOS) / (few - 1))
    own = busy[busiest].words(LENDS) / busy[calm].words(LENDS) / (busiest / calm)
    all_peers = f"to all peers {more.words(HELLOS) / less.words(HELLOS):.1f} times as many"
    return [
        Figure(PART, f"words {LENDS}, {what}", lends, "×", GROWS),
        Figure(PART, f"bytes of {COMPARING}, {what}", comparing, "×", GROWS),
        Figure(PART, f"{HELLOS} to each peer, {what}", hellos, "×", GROWS, all_peers),
        Figure(PART, f"words {LENDS}, to the own questions", own, "×", GROWS, f"{busiest} a day to {calm}"),
    ]


def main() -> int:
    found = figures()
    show(found, Console() if sys.stdout.isatty() else Console(width=160))
    return 0 if all(figure.good for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
