"""First come, first served: a question stands in the room of its team, and whoever reads it first and can, takes it."""

from benchmarks.routing.clockwork import Clockwork
from benchmarks.routing.outcome import Outcome
from benchmarks.routing.town import Asked, Helper, Town

# Whether somebody who has room takes what they read: what they know sooner.
TAKES_KNOWN, TAKES_UNKNOWN = 0.9, 0.5


def first_come(town: Town) -> Outcome:
    outcome, clock = Outcome(town.questions), Clockwork()
    open_load = dict.fromkeys(town.known, 0)

    def reads(asked: Asked, helper: Helper) -> None:
        if asked.number in outcome.taken:
            return
        likely = TAKES_KNOWN if asked.topic in helper.skills else TAKES_UNKNOWN
        willing = town.chance("takes", asked.number, helper.user_id, clock.now).random() < likely
        if not willing or open_load[helper.user_id] >= helper.most_open:
            looks_again(asked, helper)
            return
        open_load[helper.user_id] += 1
        clock.at(outcome.take(asked, helper, clock.now), lambda: done(helper))

    def done(helper: Helper) -> None:
        open_load[helper.user_id] -= 1

    def looks_again(asked: Asked, helper: Helper) -> None:
        moment = helper.next_look(clock.now)
        if moment is not None:
            clock.at(moment, lambda: reads(asked, helper))

    def comes(asked: Asked) -> None:
        for helper in town.team(asked.stadsdeel):
            looks_again(asked, helper)

    for asked in town.questions:
        clock.at(asked.at, lambda asked=asked: comes(asked))  # type: ignore[misc]
    clock.run()
    return outcome
