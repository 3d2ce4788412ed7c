"""The week as a picture: what is drawn is decided here, in words and numbers; `drawing` only draws it."""

from dataclasses import dataclass
from typing import Any

from helpdesk_bot.domain.promises import Promise
from helpdesk_bot.reports.scope import Place
from helpdesk_bot.reports.voice import Voice
from helpdesk_bot.reports.week import COMPARED_WITH, WeekFigures
from helpdesk_bot.reports.week_details import scope_name

WIDTH, HEIGHT = 1080, 1620  # pixels: a phone held upright
FOR_RUNS = 660  # more of them, when runs of playbooks went on in these weeks
MIMETYPE = "image/png"
RUNS = ("running", "finished")


@dataclass(frozen=True, slots=True)
class Chart:
    """`recipe` is what `drawing` understands; `alternative` says the same in words."""

    name: str
    recipe: dict[str, Any]
    alternative: str


def week_chart(figures: WeekFigures, place: Place, voice: Voice) -> Chart:
    scope = scope_name(figures.scope, place, voice)
    weeks = [figures.week.before(n).number for n in range(COMPARED_WITH, -1, -1)]
    counts = (*figures.before, figures.now)
    series = {name: [getattr(each, name) for each in counts] for name in ("new", "solved", "open")}
    runs = {name: [getattr(each, f"{name}_runs") for each in counts] for name in RUNS}
    targets = [
        {
            "label": voice.word(f"week.promise.{promise}"),
            "met": getattr(figures.now, f"{promise}_met"),
            "missed": getattr(figures.now, f"{promise}_missed"),
        }
        for promise in Promise
    ]
    title = voice.word("week.chart.title", week=figures.week.number, scope=scope)
    labels = {name: voice.word(f"week.chart.{name}") for name in ("new", "solved", "open", "flow")}
    labels |= {name: voice.word(f"week.chart.{name}") for name in ("targets", "met", "missed", "none")}
    recipe = {
        "width": WIDTH,
        "height": HEIGHT,
        "title": title,
        "weeks": [voice.word("week.chart.week", week=number) for number in weeks],
        **series,
        "targets": targets,
        "labels": labels,
    }
    if any(map(any, runs.values())):
        recipe |= {"runs": runs, "height": HEIGHT + FOR_RUNS}
        labels |= {name: voice.word(f"week.chart.{name}") for name in ("runs", *RUNS)}
    return Chart(f"week-{figures.week}-{figures.scope}.png", recipe, _alternative(title, recipe, voice))


def _alternative(title: str, recipe: dict[str, Any], voice: Voice) -> str:
    """Every number of the picture, in the order in which one would read it."""
    lines = [title]
    series = [(recipe["labels"][name], recipe[name]) for name in ("new", "solved", "open")]
    series += [(voice.word(f"week.figure.{name}_runs"), of) for name, of in recipe.get("runs", {}).items()]
    for what, found in series:
        values = ", ".join(f"{week}: {value}" for week, value in zip(recipe["weeks"], found, strict=True))
        lines.append(voice.word("week.chart.line", what=what, values=values))
    for target in recipe["targets"]:
        all_ = target["met"] + target["missed"]
        if all_:
            lines.append(voice.word("week.chart.kept", promise=target["label"], met=target["met"], all=all_))
    return "\n".join(lines)
