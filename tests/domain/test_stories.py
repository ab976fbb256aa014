from __future__ import annotations

from bot.domain.request import Channel
from bot.domain.stories import Stories
from tests.stories import CHANNEL, make_story

PUBLIC = make_story("public")
OURS = make_story("ours", visible_to=["slack:T1"])
THEIRS = make_story("theirs", visible_to=["slack:T2", "discord:G1/C9"])


def slugs(stories: Stories) -> set[str]:
    return {story.slug for story in stories}


def test_a_channel_sees_public_stories_and_its_tenants_own() -> None:
    assert slugs(Stories([PUBLIC, OURS, THEIRS]).visible_to(CHANNEL)) == {"public", "ours"}


def test_a_channel_may_be_the_only_one_that_sees_a_story() -> None:
    stories = Stories([PUBLIC, OURS, THEIRS])
    assert slugs(stories.visible_to(Channel("discord", "G1", "C9"))) == {"public", "theirs"}
    assert slugs(stories.visible_to(Channel("discord", "G1", "C8"))) == {"public"}


def test_a_tenant_of_the_same_id_on_another_platform_sees_nothing_more() -> None:
    assert slugs(Stories([PUBLIC, OURS]).visible_to(Channel("discord", "T1", "C1"))) == {"public"}


def test_hidden_names_are_not_completed_or_offered() -> None:
    names = Stories([PUBLIC, THEIRS]).visible_to(CHANNEL).names
    assert (names.named("theirs"), names.complete("the", 25), names.nearest("theirz")) == (
        (),
        [],
        [],
    )


def test_a_story_that_becomes_restricted_leaves_the_public_view() -> None:
    before = Stories([PUBLIC, OURS])
    before.visible_to(Channel("web", "local", "x"))
    after = before.replaced([make_story("public", visible_to=["slack:T2"])])
    assert slugs(after.visible_to(CHANNEL)) == {"ours"}
    assert slugs(before.visible_to(CHANNEL)) == {"public", "ours"}


def test_a_story_that_becomes_public_is_seen_by_all() -> None:
    before = Stories([PUBLIC, THEIRS])
    before.visible_to(CHANNEL)
    after = before.replaced([make_story("theirs")])
    assert slugs(after.visible_to(CHANNEL)) == {"public", "theirs"}


def test_replacing_keeps_the_latest_first() -> None:
    stories = Stories(
        [make_story("old", as_of="2026-01-01"), make_story("new", as_of="2026-05-01")]
    )
    changed = stories.replaced([make_story("old", as_of="2026-06-01")], ["gone"])
    assert [story.slug for story in changed.latest()] == ["old", "new"]
    assert [story.slug for story in changed.replaced(drop=["old"]).latest()] == ["new"]
