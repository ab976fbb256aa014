"""Helping: what moderators can type after `digest`, and what of it was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.answers.asked import button, fitting
from bot.answers.digests.desk import Act
from bot.answers.digests.refusing import ALL, NEW
from bot.domain.reply import Action, Facts, Note, Paragraph, Quote, Reply, clip, code, line
from bot.domain.terms import starts_clause
from bot.domain.verbs import DIGEST_VERBS, Verb
from bot.domain.wish import Wish, parse_wish

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIKENESS: Final = 65
_QUOTED: Final = 200
_HELP: Final = Action("Help", "digest help")
#: Every word that means, or is often typed for, one of the verbs.
_BY_WORD: Final = {word: verb for verb in DIGEST_VERBS for word in (verb.name, *verb.synonyms)}


async def help_reply(act: Act) -> Reply:
    """What one can type after `digest`."""
    zone = act.request.zone or "Europe/Lisbon"
    facts = tuple((_form(verb, act), line(verb.summary)) for verb in DIGEST_VERBS)
    examples = (
        f"digest add all at 09:00 on weekdays in {zone}",
        f"digest add all at 08:30 every month on day 1 in {zone}",
        f'digest add all cron "0 9 * * 1-5" in {zone}',
    )
    return Reply(
        "Digests, for moderators",
        (
            Facts(facts),
            *(Paragraph((code(act.typed(words)),)) for words in examples),
            Note(
                line(
                    "Times may be several (at 09:00 and 17:00), days named (every Monday and "
                    "Thursday) or of the month (on the last Friday of the month). Also: full, "
                    "changes; silent, say so; late 4h."
                )
            ),
        ),
        (NEW, ALL),
    )


def _form(verb: Verb, act: Act) -> str:
    if verb.words == "number":
        return act.typed(f"digest {verb.name} <number>")
    words = f" <{verb.words}>" if verb.words else ""
    return act.typed(f"digest {verb.name}") + words.replace("<[", "[<").replace("]>", ">]")


async def not_understood(act: Act) -> Reply:
    """Says which word means nothing after `digest`, and offers what was perhaps meant."""
    await act.note_refusal("", "not understood")
    first = clip(act.words.partition(" ")[0], 40)
    known = ", ".join(verb.name for verb in DIGEST_VERBS)
    # Whoever says when forgot `add`.
    timed = any(map(starts_clause, act.words.casefold().split()))
    zone = act.request.zone or "Europe/Lisbon"
    wish = f"digest add all at 09:00 on weekdays in {zone}"
    typed = act.typed(wish if timed else "digest help")
    return Reply(
        "I did not understand that",
        (
            Quote(line(clip(act.words, _QUOTED))),
            Paragraph(line(f"After digest, “{first}” means nothing to me. I know: {known}.")),
            Paragraph(line("For example: ", code(typed))),
        ),
        (*_offers(act), _HELP, NEW, ALL),
    )


def _offers(act: Act) -> Iterator[Action]:
    first, _, rest = act.words.partition(" ")
    wish = parse_wish(
        act.words, act.asked.stories.names, act.request.zone, least=act.desk.limits.interval
    )
    if isinstance(wish, Wish) and (words := fitting("digest add", act.words)) != "digest add":
        yield button(f"Did you mean {words}?", words)
    if act.number and not rest:
        yield button(f"Show Digest {act.number}", f"digest show {act.number}")
    hit = process.extractOne(
        first.casefold()[:_QUOTED], list(_BY_WORD), scorer=fuzz.ratio, score_cutoff=_LIKENESS
    )
    if hit:
        verb = _BY_WORD[hit[0]]
        numbered = rest.removeprefix("#")[:1].isdecimal() or verb.words != "number"
        words = fitting(f"digest {verb.name}", rest if numbered else "")
        yield button(f"Did you mean {words}?", words)
