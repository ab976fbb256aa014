from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.briefing import Story
from bot.domain.changes import compare
from bot.domain.digest import Composed, Covered, compose
from bot.domain.digest_part import news_line
from bot.domain.measure import fits
from bot.domain.plain import line_text, to_text
from bot.domain.reply import LABEL_LIMIT, WORDS_LIMIT, Bullets, Menu, Reply
from bot.domain.schedule import Content, Quiet
from bot.domain.snapshot import Snapshot, snapshot
from bot.platforms.discord.render import render as to_discord
from bot.platforms.slack.render import render as to_slack
from tests.loopback import discord_limits, slack_limits
from tests.stories import make_faq, make_story
from tests.strategies import story_versions

DAY = date(2026, 11, 22)
SINCE = date(2026, 11, 20)
MENTION = re.compile(r"@everyone|@here|<@|<#|<a?:\w+:[0-9]+>|</\w+:[0-9]+>|<id:\w+>")
COUNTED = re.compile(r"(?:and )?(\d+) (?:more )?changes?")

WHY, WHO = make_faq("why", "Why now?", "Because of it."), make_faq("who", "Who says so?", "I do.")


def digest(
    *covered: Covered, content: Content = Content.CHANGES, quiet: Quiet = Quiet.SILENT
) -> Composed:
    return compose(covered, content=content, quiet=quiet, day=DAY)


def text_of(composed: Composed) -> str:
    assert composed.reply
    return to_text(composed.reply)


def words_of(composed: Composed) -> list[str]:
    assert composed.reply
    return [action.words for action in composed.reply.actions]


def told(before: Story, now: Story | None) -> Covered:
    return Covered(before.slug, now, snapshot(before), SINCE)


def numbered(count: int, **fields: Any) -> list[Story]:
    return [make_story(f"story-{number}", **fields) for number in range(count)]


# What anybody may write, and any number of stories.


def _as(slug: str, story: Story) -> Story:
    return Story(slug, story.briefing, story.revision)


@st.composite
def covered_stories(draw: st.DrawFn) -> list[Covered]:
    """Up to fourteen stories: some new to the channel, some changed, unchanged, back or gone."""
    drawn = draw(st.lists(story_versions(), min_size=1, max_size=2))
    covered = []
    for number in range(draw(st.sampled_from((1, 1, 2, 3, 7, 14)))):
        slug = f"{number}-{'s' * 38}"
        earlier, later = (_as(slug, one) for one in drawn[number % len(drawn)])
        before: Snapshot | None = snapshot(earlier)
        told = draw(st.sampled_from((before, before, before, snapshot(later), {}, None)))
        story = draw(st.sampled_from((later, later, later, None)))
        covered.append(Covered(slug, story, told, draw(st.sampled_from((SINCE, None)))))
    return covered


any_digest = st.builds(
    compose,
    covered_stories(),
    content=st.sampled_from(Content),
    quiet=st.sampled_from(Quiet),
    day=st.just(DAY),
)


@given(any_digest)
def test_a_digest_is_one_message_that_fits_and_pings_nobody(composed: Composed) -> None:
    if composed.reply is None:
        assert composed.snapshots == {}
        return
    reply = composed.reply
    assert fits(reply)
    assert not reply.private
    assert len(reply.actions) <= 10
    assert len({action.words for action in reply.actions}) == len(reply.actions)
    assert all(len(action.words) <= WORDS_LIMIT for action in reply.actions)
    assert all(len(action.label) <= LABEL_LIMIT for action in reply.actions)

    on_discord, on_slack = to_discord(reply), to_slack(reply)
    said = "\n".join(discord_limits.texts(on_discord))
    assert discord_limits.message_problems(on_discord) == []
    assert slack_limits.breaches(on_slack) == []
    assert not MENTION.search(said)
    assert "not fit this message" not in said
    assert "not fit this message" not in "\n".join(slack_limits.texts(on_slack))


@given(covered_stories(), st.sampled_from(Content))
def test_a_confirmed_digest_leaves_nothing_to_tell(
    covered: list[Covered], content: Content
) -> None:
    composed = digest(*covered, content=content)
    after = [
        Covered(one.slug, one.story, composed.snapshots.get(one.slug, one.told)) for one in covered
    ]
    assert digest(*after) == Composed(None, {})


@given(covered_stories(), st.sampled_from(Content))
def test_every_change_is_said_or_counted(covered: list[Covered], content: Content) -> None:
    reply = digest(*covered, content=content).reply
    changes = [
        news for one in covered if one.story and one.told for news in compare(one.told, one.story)
    ]
    if reply is None:
        assert changes == []
        return
    said = [
        line_text(item)
        for block in reply.blocks
        if isinstance(block, Bullets)
        for item in block.items
    ]
    lines = {line_text(news_line(news)) for news in changes}
    shown = sum(one in lines for one in said)
    counted = sum(int(match[1]) for one in said if (match := COUNTED.fullmatch(one)))
    assert shown + counted + _in_the_rest(reply) == len(changes)


def _in_the_rest(reply: Reply) -> int:
    """The changes of stories that a digest only counts."""
    rest = re.search(
        r"^And \d+ more stor(?:y|ies), with (\d+) changes?: ", to_text(reply), re.MULTILINE
    )
    return int(rest[1]) if rest else 0


@given(story_versions())
def test_the_bottom_line_is_always_there(versions: tuple[Story, Story]) -> None:
    earlier, later = versions
    other = Covered("other", make_story("other"))
    contents = Content if compare(snapshot(earlier), later) else (Content.FULL,)
    for content in contents:
        for others in ((), (other,)):
            composed = digest(told(earlier, later), *others, content=content)
            assert later.briefing.bottom_line in text_of(composed)


@cache
def heavy(slug: str, version: str) -> Story:
    """A story in which everything is as long as it may be, and of characters that are escaped."""
    title, line, text = ("*" * most for most in (75, 199, 599))
    item = {"sources": ["article"]}
    url = f"https://a.example/{'(' * 400}"
    return make_story(
        slug,
        title=title,
        bottom_line="|" * 279 + version,
        as_of="2026-11-20T23:59+14:00",
        why_it_matters=f"[{version}]({url}) " + "_" * 150,
        review_by="2026-01-01",
        owners=[title],
        sources=[{"id": "article", "title": line, "publisher": title, "kind": "news", "url": url}],
        faq=[make_faq(f"q{n}", line + version, text) for n in range(30)],
        key_points=[{**item, "id": f"p{n}", "text": text + version} for n in range(30)],
        changes=[
            {
                "date": "2026-11-20",
                "kind": "correction",
                "items": [f"q{n}" for n in range(20)],
                "note": text + version,
            }
        ],
    )


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("count", [1, 2, 10, 11, 25])
def test_the_heaviest_stories_still_fit(count: int, content: Content) -> None:
    slugs = [f"{number:02}{'-' * 37}x" for number in range(count)]
    changed = [told(heavy(slug, "a"), heavy(slug, "b")) for slug in slugs]
    new = [Covered(slug, heavy(slug, "a")) for slug in slugs]
    gone = [told(heavy(f"gone-{slug[:2]}", "a"), None) for slug in slugs]
    for covered in (changed, new, [*changed, *gone], gone):
        composed = digest(*covered, content=content)
        assert composed.reply
        assert fits(composed.reply)
        assert discord_limits.message_problems(to_discord(composed.reply)) == []
        assert slack_limits.breaches(to_slack(composed.reply)) == []


# One story.


def test_the_first_digest_is_the_card() -> None:
    story = make_story(faq=[WHY, WHO], why_it_matters="It costs.", key_points=[point(1)])
    composed = digest(Covered(story.slug, story))
    assert text_of(composed).split("\n\n") == [
        "Land Strikes",
        "What matters about land-strikes.",
        "Status: Developing\nAs of: 20 November 2026 (2 days ago)",
        "Why it matters: It costs.",
        "Key points",
        "- Point 1.",
        "As of 20 November 2026 (2 days ago) · Land Strikes · Source: “An article”",
    ]
    assert words_of(composed) == ["faq land-strikes", "points land-strikes", "sources land-strikes"]
    assert composed.snapshots == {"land-strikes": snapshot(story)}


def point(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "text": f"Point {number}.", "sources": ["article"], **fields}


@pytest.mark.parametrize("audience", [{}, {"visible_to": ["slack:T1"]}])
def test_a_digest_tells_whether_it_is_for_everybody(audience: dict[str, list[str]]) -> None:
    stories = [make_story("a"), make_story("b", **audience)]
    for covered in ([Covered("b", stories[1])], [Covered(one.slug, one) for one in stories]):
        made = digest(*covered)
        assert made.reply
        assert made.reply.internal is bool(audience)


@pytest.mark.parametrize("kept", [False, True])
def test_a_farewell_to_a_story_that_was_kept_is_not_for_everybody(kept: bool) -> None:
    audience = {"visible_to": ["slack:T1"]} if kept else {}
    made = digest(told(make_story("a", title="Takeover", **audience), None))
    assert made.reply
    assert "Takeover" in text_of(made)
    assert made.reply.internal is kept


def test_a_story_that_is_opened_names_nothing_that_was_taken_out_of_it() -> None:
    before = make_story(faq=[WHO, make_faq("raid", "When is the raid?")], visible_to=["slack:T1"])
    opened = digest(told(before, make_story(faq=[WHO])))
    assert opened.reply
    assert "raid" not in text_of(opened)
    assert not opened.reply.internal
    assert "No longer in the briefing" not in text_of(opened)
    # Its own readers are told; and to keep what was for all is no news.
    again = make_story(faq=[WHO], visible_to=["slack:T1"])
    assert "When is the raid?" in text_of(digest(told(before, again)))
    assert digest(told(make_story(faq=[WHO]), again)).reply is None


def test_a_later_digest_says_what_changed() -> None:
    before = make_story(faq=[WHY])
    after = make_story(
        faq=[{**WHY, "answer": "No. *Nobody* knows the reason yet, they say. More below."}, WHO],
        changes=[{"date": "2026-11-21", "kind": "update", "items": [], "note": "A look."}],
    )
    composed = digest(told(before, after))
    assert text_of(composed).split("\n\n") == [
        "Land Strikes",
        "What matters about land-strikes.",
        "What changed since 20 November 2026",
        (
            "- New: Who says so? — I do.\n"
            "- Changed: Why now? — No. Nobody knows the reason yet, they say. …"
        ),
        "Read one of these in full:\n- Who says so?\n- Why now?",
        "As of 20 November 2026 (2 days ago) · Land Strikes · Source: “An article”",
    ]
    assert words_of(composed) == [
        "story land-strikes",
        "sources land-strikes",
        "changes land-strikes",
    ]
    assert composed.reply
    (menu,) = (block for block in composed.reply.blocks if isinstance(block, Menu))
    assert [option.words for option in menu.options] == [
        "faq land-strikes who",
        "faq land-strikes why",
    ]


def test_a_text_of_which_nothing_can_be_read_is_told_by_its_label() -> None:
    after = make_story(key_points=[point(1, text="[](https://a.example/)")])
    assert "- New: [](https://a.example/)\n" in f"{text_of(digest(told(make_story(), after)))}\n"


def test_what_does_not_fit_is_counted_and_in_the_menu() -> None:
    before = make_story()
    questions = [make_faq(f"q{n}", f"Question {n}?", f"{'word ' * 40}{n}.") for n in range(30)]
    composed = digest(told(before, make_story(faq=questions)))
    assert composed.reply
    (bullets,) = (block for block in composed.reply.blocks if isinstance(block, Bullets))
    (menu,) = (block for block in composed.reply.blocks if isinstance(block, Menu))
    shown = len(bullets.items) - 1
    assert 5 < shown < 25
    assert line_text(bullets.items[-1]) == f"and {30 - shown} more changes"
    assert (menu.label, len(menu.options)) == ("Read one of the first 25 in full", 25)


def test_the_full_card_comes_each_time_with_what_changed() -> None:
    before, after = make_story(faq=[WHY], key_points=[point(1)]), make_story(key_points=[point(1)])
    unchanged = digest(told(after, after), content=Content.FULL)
    changed = text_of(digest(told(before, after), content=Content.FULL))
    assert "What changed" not in text_of(unchanged)
    assert unchanged.snapshots == {after.slug: snapshot(after)}
    assert changed.index("- No longer in the briefing: Why now?") < changed.index("Key points")


def test_a_stale_story_says_so() -> None:
    fields: dict[str, Any] = {"review_by": "2026-11-21", "owners": ["Ada"]}
    before, after = make_story(), make_story(faq=[WHY], **fields)
    quiet = make_story(**fields)
    others = (Covered("a", make_story("a")), told(before, after))
    warning = "May be out of date. It was to be reviewed by 21 November 2026. Ask Ada."
    for composed in (
        digest(Covered(after.slug, after)),
        digest(told(before, after)),
        digest(*others),
        digest(*others, content=Content.FULL),
    ):
        assert warning in text_of(composed)
    assert "Land Strikes (may be out of date)." in text_of(
        digest(told(quiet, quiet), quiet=Quiet.LINE)
    )


# Nothing to tell.


def test_nothing_new_is_silence_or_one_line() -> None:
    one, two = numbered(2)
    covered = (told(one, one), Covered(two.slug, two, snapshot(two), date(2026, 11, 21)))
    assert digest(*covered) == Composed(None, {})
    composed = digest(*covered, quiet=Quiet.LINE)
    assert text_of(composed) == (
        "Briefing digest: 22 November 2026\n\nNo changes since 21 November 2026: Story 0, Story 1."
    )
    assert words_of(composed) == ["story story-0", "story story-1"]
    assert composed.snapshots == {}


@pytest.mark.parametrize("content", Content)
def test_a_channel_without_stories_is_told_nothing(content: Content) -> None:
    assert digest(content=content, quiet=Quiet.LINE) == Composed(None, {})
    gone = Covered("gone", None)
    assert digest(gone, content=content, quiet=Quiet.LINE) == Composed(None, {})


def test_a_quiet_line_about_many_stories_counts_them() -> None:
    covered = [told(story, story) for story in numbered(200)]
    composed = digest(*covered, quiet=Quiet.LINE)
    assert re.search(r"Story 9, .* and \d+ more\.$", text_of(composed))
    assert len(words_of(composed)) == 10
    assert fits(composed.reply) if composed.reply else False


def test_a_minor_change_moves_with_the_next_post_and_bothers_nobody() -> None:
    before = make_story(faq=[WHY])
    after = make_story(faq=[{**WHY, "answer": "Because of that.", "minor": True}])
    other = make_story("other")
    assert digest(told(before, after)) == Composed(None, {})

    line = digest(told(before, after), quiet=Quiet.LINE)
    assert line.snapshots == {after.slug: snapshot(after)}
    beside = digest(told(before, after), Covered("other", other))
    assert "Land Strikes" not in text_of(beside)
    assert beside.snapshots == {after.slug: snapshot(after), "other": snapshot(other)}


# Several stories.


def test_several_stories_each_have_their_place() -> None:
    first, second, third = numbered(3, faq=[WHY])
    corrected = make_story(
        "story-1",
        faq=[WHY],
        changes=[{"date": "2026-11-21", "kind": "correction", "items": ["why"], "note": "A slip."}],
    )
    more = make_story("story-0", faq=[WHO, {**WHY, "answer": "Else."}])
    composed = digest(told(first, more), told(second, corrected), told(third, third))
    assert text_of(composed).split("\n\n") == [
        "Briefing digest: 22 November 2026",
        "Story 1",
        "What matters about story-1.",
        "- Corrected: Why now? — A slip.",
        "As of 20 November 2026 (2 days ago) · 1 change since 20 November 2026",
        "Story 0",
        "What matters about story-0.",
        "- New: Who says so? — I do.\n- Changed: Why now? — Else.",
        "As of 20 November 2026 (2 days ago) · 2 changes since 20 November 2026",
        "Read one of these in full:\n- Why now?\n- Who says so?\n- Why now?",
    ]
    assert words_of(composed) == ["story story-1", "story story-0"]
    assert set(composed.snapshots) == {"story-0", "story-1"}


def test_a_story_that_is_new_among_others_is_shown_at_a_glance() -> None:
    story = make_story("new", key_points=[point(1)], faq=[WHY])
    other = make_story("other")
    composed = digest(Covered("new", story), told(other, make_story("other", faq=[WHY])))
    assert (
        "New\n\nWhat matters about new.\n\nDeveloping · 1 question · 1 key point\n\n- Point 1.\n\n"
        "As of 20 November 2026 (2 days ago) · New here"
    ) in text_of(composed)


def test_many_stories_have_their_bottom_lines_first_and_their_changes_counted() -> None:
    before = numbered(8)
    long = "A bottom line of the usual length says in one sentence what a reader has to know. " * 3
    questions = [make_faq(f"q{n}", f"Question {n}?", "word " * 30 + ".") for n in range(9)]
    after = [make_story(s.slug, bottom_line=long.strip(), faq=questions) for s in before]
    composed = digest(*map(told, before, after))
    said = text_of(composed)
    assert said.count(long.strip()) == 8
    assert said.count("· 10 changes since 20 November 2026") == 8
    assert (
        sum(map(int, re.findall(r"(\d+) (?:more )?changes$", said, re.MULTILINE)))
        + said.count("— word")
        + (said.count("as it stands above"))
        == 80
    )


def test_where_one_change_does_not_fit_none_that_is_less_important_is_shown() -> None:
    long = [make_faq(f"q{n}", f"Question {n}? " + "long " * 35, "word " * 47) for n in range(9)]
    after = make_story(faq=[*long, make_faq("q9", "Short?", "Yes.")])
    composed = digest(told(make_story(), after), Covered("other", make_story("other")))
    assert composed.reply
    (bullets,) = (block for block in composed.reply.blocks if isinstance(block, Bullets))
    shown = [line_text(item)[:16] for item in bullets.items]
    assert shown == [*(f"New: Question {n}?"[:16] for n in range(len(shown) - 1)), shown[-1]]
    assert shown[-1] == f"and {11 - len(shown)} more changes"[:16]


def test_stories_without_a_place_are_counted_by_title_and_told() -> None:
    before = numbered(40)
    after = [make_story(story.slug, faq=[WHY]) for story in before]
    composed = digest(*map(told, before, after))
    assert re.search(
        r"^And (3\d) more stories, with \1 changes: Story \d+, .* and \d+ more\.$",
        text_of(composed),
        re.MULTILINE,
    )
    assert words_of(composed)[-1] == "stories"
    assert set(composed.snapshots) == {story.slug for story in before}


def test_a_story_with_counted_changes_opens_what_was_noted() -> None:
    noted = [{"date": "2026-11-21", "kind": "new", "items": [], "note": "Much."}]
    questions = [make_faq(f"q{n}", f"Question {n}?", "word " * 45 + ".") for n in range(30)]
    after = make_story(faq=questions, changes=noted)
    composed = digest(told(make_story(), after), Covered("other", make_story("other")))
    assert composed.reply
    assert [(one.label, one.words) for one in composed.reply.actions] == [
        ("Changes: Land Strikes", "changes land-strikes"),
        ("Other", "story other"),
    ]


def test_many_full_cards_share_a_message() -> None:
    stories = numbered(12, key_points=[point(n) for n in range(5)])
    composed = digest(*(told(story, story) for story in stories), content=Content.FULL)
    said = text_of(composed)
    places = said.count("Developing · 5 key points")
    assert 3 < places < 12
    assert f"And {12 - places} more stor" in said
    assert set(composed.snapshots) == {story.slug for story in stories}


# Stories that are gone.


def test_a_withdrawn_story_is_told_once() -> None:
    story, other = make_story(), make_story("other")
    composed = digest(told(story, None), told(other, other))
    assert text_of(composed) == (
        "Briefing digest: 22 November 2026\n\nNo longer among the briefings here: Land Strikes."
    )
    assert composed.snapshots == {story.slug: {}}
    assert digest(Covered(story.slug, None, {}), quiet=Quiet.LINE) == Composed(None, {})


def test_a_story_that_comes_back_is_new_again() -> None:
    story = make_story()
    composed = digest(Covered(story.slug, story, {}, SINCE))
    assert composed.snapshots == {story.slug: snapshot(story)}
    assert "What changed" not in text_of(composed)


def test_a_withdrawn_story_is_told_beside_the_others() -> None:
    gone, before = make_story("gone"), make_story()
    composed = digest(told(gone, None), told(before, make_story(faq=[WHY])))
    assert text_of(composed).count("Land Strikes") == 1
    assert "No longer among the briefings here: Gone." in text_of(composed)
    assert composed.snapshots.keys() == {"gone", "land-strikes"}


# The day.


@given(covered_stories(), st.sampled_from(Content))
@settings(max_examples=10)
def test_the_same_stories_on_the_same_day_are_the_same_digest(
    covered: Sequence[Covered], content: Content
) -> None:
    one, other = (digest(*covered, content=content).reply for _ in range(2))
    assert (one is None) == (other is None)
    if one and other:
        assert (one.title, one.blocks, one.actions) == (other.title, other.blocks, other.actions)
