"""Help: what one can type, and what to do when something was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from bot.answers.asked import Asked, fitting
from bot.answers.finding import story_buttons
from bot.domain.measure import weight
from bot.domain.reply import Action, Facts, Line, Note, Paragraph, Quote, Reply, clip, code, line
from bot.domain.verbs import VERBS, Verb, verb_named, verb_words

if TYPE_CHECKING:
    from bot.domain.reply import Block

_VERB_LIKENESS = 65


def help_reply(asked: Asked) -> Reply:
    """What one can type here."""
    examples = asked.stories.latest(0, 1)
    slug = examples[0].slug if examples else "story"
    return Reply(
        "What you can ask",
        (
            Paragraph(
                line(
                    "Type ",
                    code("/brief"),
                    " and then any of these. Answers are for your eyes only.",
                )
            ),
            _usage(),
            Note(
                line(
                    "Name a story by any part of its name; order does not matter: ",
                    code(f"/brief faq {slug}"),
                    " and ",
                    code(f"/brief {slug} faq"),
                    " are the same.",
                )
            ),
        ),
        (Action("All stories", "stories"),),
    )


def _usage() -> Facts:
    return Facts(
        (
            ("/brief", line("this channel’s story, or every story")),
            *(
                (f"/brief {_form(verb)}", line(f"{verb.summary[0].lower()}{verb.summary[1:]}"))
                for verb in VERBS
            ),
        )
    )


def _form(verb: Verb) -> str:
    if verb.name == "story":
        return "<story>"
    if verb.words == "question":
        return f"{verb.name} <question>"
    if verb.name == "search":
        return f"{verb.name} <words>"
    story = " [story]" if verb.story else ""
    return f"{verb.name}{story}{' [words]' if verb.words else ''}"


def not_understood(asked: Asked) -> Reply:
    """Says what was not understood, offers the nearest things that would be, and shows the help."""
    command = asked.command
    shown: Line = line(clip(" ".join(filter(None, (command.story, command.words))), 200))
    blocks: tuple[Block, ...] = (
        Quote(shown),
        Paragraph(line("That names no story and no command that I know. ", *_offers_lead(asked))),
        *help_reply(asked).blocks,
    )
    return Reply(
        "I did not understand that", blocks, (*_offers(asked), Action("All stories", "stories"))
    )


def _offers_lead(asked: Asked) -> Line:
    return line("The buttons below are the nearest.") if _offers(asked) else ()


def _offers(asked: Asked) -> tuple[Action, ...]:
    command = asked.command
    words = command.words.split()
    verb = _nearest_verb(words[0]) if words else None
    offers: list[Action] = []
    if verb:
        rest = " ".join(words[1:])
        asks = fitting(verb.name, command.story or "", rest)
        offers.append(Action(f"Did you mean {clip(asks, 50)}?", asks))
    offers += story_buttons(asked, asked.stories.names.nearest(command.words))
    looked_for = f"search {command.story + ' ' if command.story else ''}{command.words}"
    if len(looked_for) <= 90 and weight(command.words):  # noqa: PLR2004 (room in a button)
        offers.append(Action(f"Search for “{clip(command.words, 40)}”", looked_for))
    return tuple(offers)


def _nearest_verb(word: str) -> Verb | None:
    hit = process.extractOne(
        word.casefold(), verb_words(), scorer=fuzz.ratio, score_cutoff=_VERB_LIKENESS
    )
    return verb_named(hit[0]) if hit else None
