"""Help: what one can type, and what to do when something was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from bot.answers.asked import ALL_STORIES, Asked, button, did_you_mean, fitting
from bot.domain.reply import Action, Facts, Note, Paragraph, Quote, Reply, bold, clip, code, line
from bot.domain.typed import typed
from bot.domain.verbs import DIGEST, DIGEST_VERBS, USE, VERBS, Verb, verb_named, verb_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.reply import Line

_DIGEST_HELP = Action("Digest Help", "digest help")
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
            _usage(asked),
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
        (ALL_STORIES, *((_DIGEST_HELP,) if asked.moderates else ())),
    )


def _usage(asked: Asked) -> Facts:
    return Facts(
        (
            ("/brief", line("this channel’s story, or every story")),
            *(
                (f"/brief {_form(verb)}", line(_lowered(verb.summary)))
                for verb in VERBS
                if not verb.moderators
            ),
            *(_for_moderators(asked.moderates) if asked.moderates else ()),
        )
    )


def _for_moderators(platform: str) -> Iterator[tuple[str, Line]]:
    """What only they can type, with the ways on after `digest`."""
    yield f"{typed(USE.name, platform)} <story>", line(_lowered(USE.summary))
    known = ", ".join(verb.name for verb in DIGEST_VERBS)
    yield typed(DIGEST.name, platform), line(f"{_lowered(DIGEST.summary)}: {known}")


def _lowered(summary: str) -> str:
    return f"{summary[0].lower()}{summary[1:]}"


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
    command, offers = asked.command, _offers(asked)
    story = asked.stories.get(command.story)
    shown = clip(" ".join(filter(None, (command.story, command.words))), 200)
    if story:
        said = line(
            bold(story.briefing.title), " is a story; the words after it mean nothing to me."
        )
    else:
        said = line("That names no story and no command that I know.")
    return Reply(
        "I did not understand that",
        (Quote(line(shown)), Paragraph(said), *help_reply(asked).blocks),
        (*offers, ALL_STORIES),
    )


def _offers(asked: Asked) -> tuple[Action, ...]:
    command = asked.command
    words = command.words.split()
    verb = _nearest_verb(words[0]) if words else None
    offers: list[Action] = []
    if verb and (asked.moderates or not verb.moderators):
        asks = fitting(verb.name, command.story or "", " ".join(words[1:]))
        offers.append(button(f"Did you mean {asks}?", asks))
    if story := asked.stories.get(command.story):
        offers.append(button(story.briefing.title, f"story {story.slug}"))
    else:
        offers += did_you_mean(asked.nearest(command.words), "story")
    looked_for = fitting("search", command.story or "", command.words)
    if looked_for.endswith(command.words):
        offers.append(button(f"Search for “{clip(command.words, 40)}”", looked_for))
    return tuple(offers)


def _nearest_verb(word: str) -> Verb | None:
    hit = process.extractOne(
        word.casefold(), verb_words(), scorer=fuzz.ratio, score_cutoff=_VERB_LIKENESS
    )
    return verb_named(hit[0]) if hit else None
