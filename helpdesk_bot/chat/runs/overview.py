"""A run in a few lines, for who has several of them to look after."""

from helpdesk_bot.actions.runs.card import bar, day_of, now_line, open_steps
from helpdesk_bot.actions.runs.looking import to_look_at
from helpdesk_bot.actions.runs.walk import TRAINER, Walk
from helpdesk_bot.domain.runs.states import ENDED, Run, Step
from helpdesk_bot.texts.render import Rendered


async def in_short(walk: Walk, language: str) -> list[Rendered]:
    """Whose run it is and how far, whose turn it is and since when, and what waits for the trainer."""
    act, lines = walk.act, []
    head = act.words(
        language,
        "cohort.run",
        number=walk.run.id,
        organisation=await walk.organisation(),
        title=walk.title(language),
    )
    if walk.run.state is Run.RUNNING:
        lines += [await _turn(walk, language, name) for name in open_steps(walk)]
    if not lines:
        lines.append(await now_line(walk, language))
    waiting = [f"{walk.run.id}.{walk.steps[name].place}" for name in to_look_at(walk, TRAINER)]
    if waiting and walk.run.state not in ENDED:
        lines.append(act.words(language, "cohort.to_look_at", steps=waiting))
    return [head, bar(walk, language), *lines]


async def _turn(walk: Walk, language: str, name: str) -> Rendered:
    row = walk.steps[name]
    return walk.act.words(
        language,
        "cohort.turn",
        place=f"{walk.run.id}.{row.place}",
        title=walk.step_title(name, language),
        names=await walk.whose_turn(name, language),
        since=day_of(walk, row.since),
    )


async def behind(walk: Walk, language: str) -> list[Rendered]:
    """What trainers read besides the card: who has which role, and why steps were left out or are not right."""
    act, lines = walk.act, []
    for role, row in walk.roles.items():
        lines.append(
            act.words(
                language,
                "trainer.role_deputed" if row.deputy else "trainer.role_line",
                role=act.words(language, f"run.role.{role}"),
                name=await walk.name(row.user_id),
                deputy=await walk.name(row.deputy) if row.deputy else "",
            )
        )
    lines += [
        act.words(
            language,
            "trainer.reason_line",
            place=f"{walk.run.id}.{step.place}",
            state=act.words(language, f"run.step.{step.state}"),
            why=step.reason,
        )
        for step in walk.steps.values()
        if step.reason and step.state in (Step.SKIPPED, Step.FAILED, Step.TODO)
    ]
    return [act.texts.bullets(lines)] if lines else []
