"""Draws a picture from a recipe: `python -m helpdesk_bot.reports.drawing` reads JSON and writes a PNG.

A program of its own, because matplotlib takes some hundred megabytes and a second of work that the bot must not wait
for. Colours are those of Okabe and Ito, which everybody can tell apart; a hatch, a marker or a word says the same without
colour. Type is so large that it can be read when the picture is as wide as a phone (360 pixels).
"""

import json
import sys
from io import BytesIO
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, BLACK, GREY = "#0072B2", "#E69F00", "#000000", "#D9D9D9"
DPI = 200
LOOKS: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 14,
    "hatch.linewidth": 1.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "text.parse_math": False,  # a name with dollar signs is a name
}


def draw(recipe: dict[str, Any]) -> bytes:
    """A PNG of the size that the recipe names, and the same bytes for the same recipe."""
    with mpl.rc_context(LOOKS):
        figure = plt.figure(
            figsize=(recipe["width"] / DPI, recipe["height"] / DPI), dpi=DPI, layout="constrained"
        )
        figure.suptitle(recipe["title"], fontsize=17, fontweight="bold", x=0.01, ha="left", wrap=True)
        if "bars" in recipe:
            _bars(figure.subplots(), recipe["bars"])
        else:
            _week(figure, recipe)
        file = BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
        plt.close(figure)
    return file.getvalue()


def _week(figure: Figure, recipe: dict[str, Any]) -> None:
    runs = "runs" in recipe
    flow, waiting, *between, targets = figure.subplots(3 + runs, 1, height_ratios=[3, 2, *[3] * runs, 2])
    _side_by_side(flow, recipe, recipe["labels"]["flow"], {name: recipe[name] for name in ("new", "solved")})
    _open(waiting, recipe)
    for axes in between:
        _side_by_side(axes, recipe, recipe["labels"]["runs"], recipe["runs"])
    _targets(targets, recipe)


def _bars(axes: Axes, bars: list[dict[str, Any]]) -> None:
    """One bar a figure; one that is not told has a dotted outline and says why."""
    most = _top([bar["value"] or 0 for bar in bars])
    for place, bar in enumerate(bars):
        told = bar["value"] is not None
        look: dict[str, Any] = (
            {"color": BLUE} if told else {"color": "white", "hatch": "..", "linestyle": ":"}
        )
        axes.barh(place, bar["value"] if told else most, edgecolor=BLACK, height=0.45, **look)
        axes.text(0, place - 0.3, f"{bar['label']}: {bar['said']}", fontsize=13, va="bottom", ha="left")
    axes.set_ylim(len(bars) - 0.5, -0.75)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)


def _side_by_side(axes: Axes, recipe: dict[str, Any], title: str, pair: dict[str, list[int]]) -> None:
    """Two figures per week, such as new and solved."""
    places = range(len(recipe["weeks"]))
    looks = ((-0.2, BLUE, ""), (0.2, ORANGE, "//"))
    for (name, values), (shift, colour, hatch) in zip(pair.items(), looks, strict=True):
        bars = axes.bar(
            [place + shift for place in places],
            values,
            width=0.38,
            color=colour,
            edgecolor=BLACK,
            hatch=hatch,
            label=recipe["labels"][name],
        )
        axes.bar_label(bars, padding=2, fontsize=13)
    _title(axes, title)
    axes.legend(loc="upper left", ncols=2, frameon=False, fontsize=13, bbox_to_anchor=(-0.02, 1.02))
    _weeks(axes, recipe)
    axes.set_ylim(0, _top([value for values in pair.values() for value in values]) * 1.35)


def _open(axes: Axes, recipe: dict[str, Any]) -> None:
    axes.plot(recipe["open"], color=BLACK, marker="D", markersize=8, linewidth=2.5)
    for place, value in enumerate(recipe["open"]):
        axes.annotate(
            str(value), (place, value), xytext=(0, 10), textcoords="offset points", ha="center", fontsize=13
        )
    _title(axes, recipe["labels"]["open"])
    _weeks(axes, recipe)
    axes.set_ylim(0, _top(recipe["open"]) * 1.4)
    axes.set_xlim(-0.6, len(recipe["open"]) - 0.4)


def _targets(axes: Axes, recipe: dict[str, Any]) -> None:
    """Of each promise the part that was kept. The words stand on the bars: nobody has to look for a legend."""
    labels = recipe["labels"]
    targets = recipe["targets"]
    for place, target in enumerate(targets):
        everything = target["met"] + target["missed"]
        share = target["met"] / everything if everything else 0
        if everything:
            axes.barh(place, share, color=BLUE, edgecolor=BLACK, height=0.42)
            axes.barh(place, 1 - share, left=share, color=ORANGE, edgecolor=BLACK, hatch="//", height=0.42)
        else:
            axes.barh(place, 1, color=GREY, edgecolor=BLACK, height=0.42)
        said = f"{labels['met']} {target['met']}, {labels['missed']} {target['missed']}"
        text = f"{target['label']}: {said if everything else labels['none']}"
        axes.text(0, place - 0.3, text, fontsize=13, va="bottom", ha="left")
    _title(axes, labels["targets"])
    axes.set_ylim(len(targets) - 0.5, -0.85)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=15, fontweight="bold", pad=10)


def _weeks(axes: Axes, recipe: dict[str, Any]) -> None:
    axes.set_xticks(range(len(recipe["weeks"])), recipe["weeks"], fontsize=13)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0)


def _top(values: list[int]) -> int:
    return max(*values, 1)


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(json.load(sys.stdin)))
