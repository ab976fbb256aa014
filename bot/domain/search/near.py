"""Near words: English words that readers put for one another when they ask about the news."""

from __future__ import annotations

from functools import cache
from typing import Final

from bot.domain.search.text import stems

#: One group a line; a word may stand in several.
_GROUPS: Final = """
start begin launch commence kick
end stop finish cease halt over
legal lawful law illegal unlawful legality
right authority power
approve agree consent accept permit permission allow authorize approval agreement
refuse reject object oppose deny
attack strike bomb bombing hit raid assault
kill die death dead casualty fatality victim toll
soldier troop army military force marine boot
ship boat vessel
sea maritime naval navy ocean
country nation state
neighbor neighbour
government administration authority official govt gov admin
lawmaker congress senate senator parliament
plan strategy scheme
detail specific particular info information
reason cause motive purpose goal aim justification justify excuse pretext rationale
announce announcement declare declaration statement
claim allege accuse
react reaction respond response reply
opinion view stance position feel
effect impact consequence result outcome
harm hurt damage strain wreck ruin spoil worsen
relation relationship tie partnership friendship friend ally alliance
relate connect connection link
cooperate cooperation collaborate collaboration
next future upcoming
happen occur
change shift new
different difference
show tv television channel broadcaster network interview program programme
capture arrest seize detain custody held jail prison imprison grab nab snatch abduct kidnap
leader president head pres potus
number figure count statistic
big major serious significant
drug narcotic
trafficking smuggling trade
effective work succeed success
reduce cut lower decrease fewer
terrorist terror terrorism
supporter support favor favour back proponent
critic opponent criticize criticism oppose against object
debate argument discussion dispute
argue argument
know clear unclear known unknown
america american usa washington
violate breach break
explain clarify explanation
target aim
ground land
soil territory
dangerous danger risk threat
wrong problem trouble fail failure risk danger
war conflict
people civilian person ppl
member participant
price cost expensive
money fund funding budget
company firm business
job work employment
worker employee staff
boss manager chief
close shut closure closing
delay late postpone postponed
school class lesson
road street traffic
house home flat apartment
car vehicle
train rail railway
pay payment salary wage
rule regulation
vote election ballot
court judge lawsuit
police officer
doctor hospital medical
illness disease sick
child kid
old elderly
build construction
buy purchase
rise increase grow growth
fall drop decline
protest demonstration
deal agreement treaty pact accord
date day
document paper file
meeting talk talks negotiation
evidence proof
watch follow monitor eye
international intl
angry mad furious upset outrage anger
agree okay fine cool happy
explain summary summarize recap gist overview
announcement remark comment speech statement
fight combat tackle counter battle
stability stable unstable instability destabilize destabilise
aggressive assertive tough hostile
dispute conflict fight row
invade invasion occupy
cartel gang mafia syndicate
""".strip().splitlines()


@cache
def _by_stem() -> dict[str, tuple[str, ...]]:
    """The other stems of a stem's groups."""
    stem = stems("en").stem
    found: dict[str, dict[str, None]] = {}
    for group in _GROUPS:
        same = dict.fromkeys(map(stem, group.split()))
        for one in same:
            found.setdefault(one, {}).update(same)
    return {one: tuple(other for other in same if other != one) for one, same in found.items()}


def near(stem: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The stems of words that readers put for this one."""
    return _by_stem().get(stem, ()) if "en" in languages else ()
