"""Says which playbooks there are, and what one asks of an organisation."""

from collections.abc import Sequence

from helpdesk_bot.actions.context import Act
from helpdesk_bot.playbooks.format import Playbook
from helpdesk_bot.playbooks.shelf import Shelved
from helpdesk_bot.playbooks.words import in_language
from helpdesk_bot.texts.render import Rendered

MOST = 8


def every(act: Act, language: str) -> list[Rendered]:
    """All of them, by title."""
    found = sorted(act.shelf.playbooks.values(), key=lambda one: one.id)
    return [
        act.words(language, "library.all", n=len(found)),
        act.texts.bullets([_named(act, language, one) for one in found]),
        act.words(language, "library.how_to_search"),
    ]


def several(act: Act, language: str, found: Sequence[Shelved]) -> list[Rendered]:
    """Those that fit what somebody looks for, the best first."""
    lines = [
        act.words(
            language,
            "library.line",
            playbook=_named(act, language, one),
            summary=act.texts.own(language, in_language(one.open().summary, language)),
        )
        for one in found[:MOST]
    ]
    return [
        act.words(language, "library.found", n=len(found)),
        act.texts.bullets(lines),
        act.words(language, "library.more_about_one", id=found[0].id),
    ]


def one(act: Act, language: str, found: Shelved, *, staff: bool) -> list[Rendered]:
    """What it does, what it takes, what is lost. `staff`: also when it is to be looked at again, and what is not sure."""
    playbook = found.open()
    effort = playbook.effort
    parts = [
        act.words(
            language,
            "library.head",
            title=act.texts.own(language, in_language(playbook.title, language)),
            summary=act.texts.own(language, in_language(playbook.summary, language)),
        ),
        act.words(
            language,
            "library.effort",
            size=playbook.audience.size,
            time=effort.initiative,
            elapsed=effort.elapsed,
            steps=len(playbook.steps),
        ),
        act.texts.bullets(
            [
                act.words(
                    language,
                    "library.phase",
                    title=act.texts.own(language, in_language(phase.title, language)),
                    n=len(phase.steps),
                )
                for phase in playbook.phases
            ],
            numbered=True,
        ),
    ]
    if playbook.losses:
        losses = [act.texts.own(language, in_language(loss, language)) for loss in playbook.losses]
        parts += [act.words(language, "library.losses"), act.texts.bullets(losses)]
    if first := [act.shelf.playbooks[needed.playbook] for needed in playbook.requires]:
        titles = [act.texts.own(language, in_language(one.title, language)) for one in first]
        parts += [act.words(language, "library.requires"), act.texts.bullets(titles)]
    return parts + (_for_staff(act, language, playbook) if staff else [])


def _for_staff(act: Act, language: str, playbook: Playbook) -> list[Rendered]:
    late = playbook.review_by < act.today
    parts = [
        act.words(
            language,
            "library.review_late" if late else "library.review_by",
            version=playbook.version,
            owner=playbook.owner,
            day=playbook.review_by,
        )
    ]
    known = [*playbook.facts, *(fact for step in playbook.steps for fact in step.facts)]
    unsure = [fact for fact in known if fact.source.confidence == "unverified"]
    if unsure:
        said = [act.texts.own(language, in_language(fact.says, language)) for fact in unsure]
        parts += [act.words(language, "library.unsure", n=len(unsure)), act.texts.bullets(said)]
    return [*parts, act.words(language, "library.how_to_start", id=playbook.id)]


def _named(act: Act, language: str, one: Shelved) -> Rendered:
    title = act.texts.own(language, in_language(one.title, language))
    return act.words(language, "library.named", title=title, id=one.id)
