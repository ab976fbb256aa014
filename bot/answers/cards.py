"""Cards: a story at a glance, the list of stories, and the question which story is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answers.asked import (
    Asked,
    bullet,
    button,
    counted,
    did_you_mean,
    fitting,
    page_buttons,
    page_note,
    share,
)
from bot.answers.provenance import PROVENANCE_WEIGHT, as_of_line, provenance
from bot.domain import markdown
from bot.domain.measure import MESSAGE_WEIGHT, block_weight
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Heading,
    Line,
    Note,
    Paragraph,
    Reply,
    Row,
    bold,
    clip,
    line,
)
from bot.domain.sections import SECTIONS
from bot.domain.sections.key_points import KeyPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.briefing import Story

_HELP = Action("Help", "help")
_POINTS_SHOWN = 7
_STORIES_PER_PAGE = 5


def card_or_list(asked: Asked) -> Reply:
    """The story named or the channel's own; without either, every story."""
    if asked.command.maybe or asked.misnamed:
        return which_story(asked)
    story = asked.stories.get(asked.command.story) or asked.here
    return card(story, asked) if story else story_list(asked)


def card(story: Story, asked: Asked) -> Reply:
    """One story: its bottom line first, then where it stands, its key points, and ways further."""
    briefing = story.briefing
    facts = Facts(
        (
            ("Status", line(briefing.status.capitalize())),
            ("As of", as_of_line(story, asked.today)),
        )
    )
    why = (briefing.why_it_matters,) if briefing.why_it_matters else ()
    blocks: tuple[Block, ...] = (
        Paragraph(line(briefing.bottom_line)),
        facts,
        *(Paragraph((bold("Why it matters: "), *markdown.to_line(text))) for text in why),
    )
    used = sum(map(block_weight, blocks)) + PROVENANCE_WEIGHT + 300
    refs = [ref for item in briefing.items(KeyPoint.section) for ref in item.sources]
    return Reply(
        briefing.title,
        (
            *blocks,
            *_key_points(story, MESSAGE_WEIGHT - used),
            *provenance(story, refs or [source.id for source in briefing.sources], asked.today),
        ),
        section_buttons(story),
    )


def _key_points(story: Story, room: int) -> tuple[Block, ...]:
    points = [bullet(entry) for entry in story.entries(KeyPoint.section)]
    shown: list[Line] = []
    for point in points[:_POINTS_SHOWN]:
        if shown and block_weight(Bullets((*shown, point))) > room:
            break
        shown.append(point)
    if not shown:
        return ()
    left = len(points) - len(shown)
    more = f"{counted(left, 'more key point is', 'more key points are')} under Key Points."
    notes = (Note(line(more)),) if left else ()
    return (Heading("Key points"), Bullets(tuple(shown)), *notes)


def section_buttons(story: Story) -> tuple[Action, ...]:
    """A button for every section that has something, with its count, and one to share."""
    buttons = []
    for section in SECTIONS:
        count = len(story.briefing.items(section))
        if count:
            label = "FAQ" if section.verb == "faq" else section.title.title()
            buttons.append(Action(f"{label} ({count})", f"{section.verb} {story.slug}"))
    buttons.append(Action(f"Sources ({len(story.briefing.sources)})", f"sources {story.slug}"))
    if story.briefing.changes:
        buttons.append(Action(f"Changes ({len(story.briefing.changes)})", f"changes {story.slug}"))
    return (*buttons, *share(f"story {story.slug}"))


def story_list(asked: Asked) -> Reply:
    """Every story with its bottom line, the latest first."""
    total = len(asked.stories)
    if not total:
        said = line("There is no briefing that this channel may see.")
        return Reply("No briefings here yet", (Paragraph(said),), (_HELP,))
    said = line(f"{counted(total, 'story', 'stories')}, the latest first.")
    pages = -(-total // _STORIES_PER_PAGE)
    page = min(asked.command.page, pages)
    shown = asked.stories.latest((page - 1) * _STORIES_PER_PAGE, _STORIES_PER_PAGE)
    return Reply(
        "Briefings",
        (Paragraph(said), *_rows(shown, "story", "", asked), *page_note(page, pages)),
        (*page_buttons("stories", page, pages), _HELP, *share("stories", page)),
    )


def which_story(asked: Asked) -> Reply:
    """Asks which story is meant, of those named or of all; keeps what was asked of it."""
    command = asked.command
    if not len(asked.stories):
        return story_list(asked)
    verb = command.verb.name if command.verb else "story"
    named = [story for slug in command.maybe if (story := asked.stories.get(slug))]
    stories = named or asked.stories.latest()
    pages = -(-len(stories) // _STORIES_PER_PAGE)
    page = min(command.page, pages)
    shown = stories[(page - 1) * _STORIES_PER_PAGE : page * _STORIES_PER_PAGE]
    # Words that named nothing are no story's: its buttons leave them out.
    words = command.words if named else ""
    unknown = command.words if not named and not command.story else ""
    again = " ".join(filter(None, (verb, command.name, words)))
    perhaps = did_you_mean(asked.nearest(unknown), verb) if unknown else ()
    return Reply(
        "Which story?",
        (
            Paragraph(_asks(unknown, named=bool(named))),
            *_rows(shown, verb, words, asked),
            *page_note(page, pages),
        ),
        (*perhaps, *page_buttons(again, page, pages)),
    )


def _asks(unknown: str, *, named: bool) -> Line:
    if unknown:
        return line("No story is called ", bold(clip(unknown, 80)), ". Pick one:")
    return line("These stories fit what you typed. Pick one:" if named else "Pick one:")


def _rows(stories: Sequence[Story], verb: str, words: str, asked: Asked) -> list[Row]:
    rows = []
    for story in stories:
        stale = " May be out of date." if story.briefing.is_stale(asked.today) else ""
        text = line(
            bold(story.briefing.title),
            f" — {story.briefing.bottom_line} As of ",
            *as_of_line(story, asked.today),
            f".{stale}",
        )
        rows.append(Row(text, button("Open", fitting(verb, story.slug, words))))
    return rows
