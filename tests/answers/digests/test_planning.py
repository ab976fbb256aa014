from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.plain import to_text
from bot.domain.problem import Problem, Severity
from bot.domain.reply import Heading, filled
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState
from bot.domain.stories import Stories
from tests.answers.digests.house import ELSEWHERE, WISH, House
from tests.stories import CHANNEL, make_story

DISCORD = Channel("discord", "1", "2")
WEB = Channel("web", "local", "playground")
GONE = Problem("the bot sees no such channel", "check that it exists")


async def test_nothing_is_saved_before_it_is_confirmed(house: House) -> None:
    reply = await house.ask(WISH)
    text = to_text(reply)
    assert text.startswith("Save this digest?")
    assert text.count("09:00 Europe/Lisbon") == 5
    assert text.count("10:00 Europe/Madrid") == 5
    assert "Nothing is saved yet." in text
    assert await house.saved() == []
    assert reply.actions[0].label == "Save"


async def test_the_message_that_would_go_out_is_shown_whole(house: House) -> None:
    shown = await house.ask(WISH)
    composed = await house._compose((await house.store.schedules_of(CHANNEL))[0])
    assert composed.reply
    place = shown.blocks.index(Heading("The message that would go out now"))
    assert shown.blocks[place + 2 : -1] == composed.reply.blocks
    preview = await house.ask(f"digest preview {(await house.store.schedules_of(CHANNEL))[0].id}")
    assert (preview.title, preview.blocks) == (composed.reply.title, composed.reply.blocks)


async def test_a_message_without_room_is_behind_a_button(house: House) -> None:
    stories = Stories(make_story(f"s{number}", bottom_line="x" * 280) for number in range(9))
    crowded = House(house.store, stories)
    shown = await crowded.ask(WISH)
    assert re.search(r"\d+ more parts of it have no room here. Preview shows", to_text(shown))
    whole = await crowded.click(shown, "Preview")
    assert to_text(whole).count("x" * 280) == 9
    assert (await crowded.click(whole, "Save")).title == "Digest 1 is scheduled"


async def test_a_reader_in_the_channel_s_zone_is_not_told_every_time_twice(house: House) -> None:
    text = to_text(await house.ask("digest add all at 09:00 daily"))
    assert text.count("09:00 Europe/Madrid, your own zone") == 5


@pytest.mark.parametrize(
    ("words", "when"),
    [
        (
            "digest add all at 09:00 on weekdays in Europe/Lisbon",
            "at 09:00 on weekdays, Europe/Lisbon",
        ),
        (
            "digest add all at 08:30 every month on day 1",
            "at 08:30 every month on day 1, Europe/Madrid",
        ),
        ('digest add all cron "0 9 * * 1-5"', 'cron "0 9 * * 1-5", Europe/Madrid'),
    ],
)
@pytest.mark.parametrize("channel", [CHANNEL, DISCORD, WEB])
async def test_the_usual_wishes_are_understood(
    words: str, when: str, channel: Channel, house: House
) -> None:
    text = to_text(await house.ask(words, channel))
    assert f"When: {when}" in text
    assert text.startswith("Save this digest?")


@pytest.mark.parametrize(
    "wish", ["all at 08:30 every month on day 1", 'all cron "0 9 * * 1-5"', "all at 09:00 daily"]
)
async def test_without_a_known_zone_one_is_asked_for(wish: str, house: House) -> None:
    reply = await house.ask(f"digest add {wish}", zone=None)
    assert "It does not say in which time zone — add a city or an IANA name." in to_text(reply)
    assert await house.store.schedules_of(CHANNEL) == []


async def test_a_confirmed_digest_runs(house: House) -> None:
    schedule = await house.scheduled()
    assert (schedule.state, schedule.zone) == (ScheduleState.ACTIVE, "Europe/Lisbon")
    assert await house.store.next_at(schedule.id) == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert "1 digest here." in to_text(await house.ask("digest"))


async def test_confirming_twice_is_harmless_and_says_so(house: House) -> None:
    shown = await house.ask(WISH)
    first, second = await asyncio.gather(*(house.click(shown, "Save") for _ in range(2)))
    assert {first.title, second.title} == {"Digest 1 is scheduled", "Saved already"}
    again = await house.click(shown, "Save")
    assert "Digest 1 was saved before. Nothing has changed now." in to_text(again)
    assert len(await house.saved()) == 1


async def test_a_draft_from_the_day_before_yesterday_is_not_saved(house: House) -> None:
    shown = await house.ask(WISH)
    house.at += timedelta(days=1, minutes=1)
    late = await house.click(shown, "Save")
    assert (late.title, await house.saved()) == ("That was long ago", [])
    assert (await house.click(late, "Plan It Again")).title == "Save this digest?"
    assert (await house.click(shown, "Save")).title == "Nothing to save"


async def test_a_draft_of_somebody_else_is_looked_at_first(house: House) -> None:
    shown = await house.ask(WISH)
    theirs = await house.click(shown, "Save", user="U2")
    assert theirs.title == "Save this digest?"
    assert "Somebody else planned this." in to_text(theirs)
    assert await house.saved() == []
    assert (await house.click(theirs, "Save", user="U2")).title == "Digest 2 is scheduled"


async def test_drafts_do_not_pile_up(house: House) -> None:
    first = await house.ask(WISH)
    for _ in range(25):
        latest = await house.ask(WISH)
    assert len(await house.store.schedules_of(CHANNEL)) == 20
    assert (await house.click(first, "Save")).title == "Nothing to save"
    assert (await house.click(latest, "Save")).title.endswith("is scheduled")


async def test_a_workspace_has_so_many_digests_and_no_more(house: House) -> None:
    drafts = [await house.ask(WISH) for _ in range(5)]
    replies = await asyncio.gather(*(house.click(draft, "Save") for draft in drafts))
    full = [reply for reply in replies if reply.title == "Too many digests"]
    assert (len(full), len(await house.saved())) == (2, 3)
    assert "This workspace has 3 digests, as many as it may." in to_text(full[0])
    assert (await house.ask(WISH)).title == "Too many digests"
    listed = to_text(await house.click(full[0], "All in This Workspace", channel=ELSEWHERE))
    assert "3 digests in this workspace, which may have 3." in listed
    assert ("digest confirm", "refused: too many") in await house.acts()


async def test_a_clock_change_among_the_next_runs_is_warned_of(house: House) -> None:
    house.at = datetime(2027, 3, 26, 12, tzinfo=UTC)
    text = to_text(await house.ask("digest add all at 01:30 daily in Europe/Lisbon"))
    assert "One of these runs falls on a change of the clocks." in text
    assert "the clocks go forward: this is the first minute after the skipped hour" in text


async def test_a_clock_change_later_in_the_year_is_warned_of(house: House) -> None:
    text = to_text(await house.ask("digest add all at 01:30 every Sunday in Europe/Lisbon"))
    assert "on a change of the clocks" not in text
    assert "Later: Sunday 28 March 2027, 02:00 Europe/Lisbon · for you: " in text
    assert "Later" not in to_text(await house.ask("digest add all at 09:00 daily in Lisbon"))


async def test_what_a_cron_line_means_is_said_where_it_surprises(house: House) -> None:
    text = to_text(await house.ask('digest add all cron "0 9 13 * 5"'))
    assert "it runs on a day that is either" in text


async def test_a_second_digest_that_does_the_same_is_pointed_out(house: House) -> None:
    await house.scheduled()
    assert "Digest 1 does the same already." in to_text(await house.ask(WISH))


async def test_editing_changes_only_what_is_said(house: House) -> None:
    schedule = await house.scheduled()
    shown = await house.ask(f"digest edit {schedule.id} at 10:30 on weekdays")
    assert shown.title == "Change this digest?"
    changed = "When: at 10:30 on weekdays, Europe/Lisbon (until now: at 09:00 on weekdays, "
    assert changed in to_text(shown)
    assert to_text(shown).count("until now") == 1
    assert "does the same already" not in to_text(await house.ask("digest edit 1 full"))
    assert (await house.saved()) == [schedule]
    replies = await asyncio.gather(*(house.click(shown, "Save") for _ in range(2)))
    assert sorted(reply.title for reply in replies) in (
        ["Digest 1 is changed", "Nothing to save"],
        ["Digest 1 is changed", "Saved already"],
    )
    (after,) = await house.saved()
    assert (after.id, after.cadence.text) == (schedule.id, "at 10:30 on weekdays")
    assert after.zone == "Europe/Lisbon"


async def test_a_change_of_what_somebody_else_has_changed_is_not_saved(house: House) -> None:
    await house.scheduled()
    first = await house.ask("digest edit 1 at 10:30 on weekdays")
    second = await house.ask("digest edit 1 at 11:30 on weekdays")
    await house.click(first, "Save")
    again = await house.click(second, "Save")
    assert (await house.saved())[0].cadence.text == "at 10:30 on weekdays"
    assert again.title == "Change this digest?"
    assert "The digest was changed since this was planned." in to_text(again)
    assert "(until now: at 10:30 on weekdays" in to_text(again)
    assert (await house.click(again, "Save")).title == "Digest 1 is changed"
    assert (await house.saved())[0].cadence.text == "at 11:30 on weekdays"
    third = await house.ask("digest edit 1 full")
    await house.ask("digest delete 1 confirm")
    assert (await house.click(third, "Save")).title == "No such digest"


async def test_the_form_says_the_same_as_the_words(house: House) -> None:
    form = (await house.ask("digest add")).form
    assert form
    assert len(form.fields) <= 5
    words = filled(form.words, [(field.lead, field.value) for field in form.fields])
    assert (await house.ask(words)).title == "Save this digest?"


async def test_the_form_of_a_change_holds_what_is_there(house: House) -> None:
    wish = "digest add land-strikes, venezuela-link at 08:30 every month on day 1 in Tokyo say so"
    schedule = await house.scheduled(wish)
    form = (await house.ask("digest edit 1")).form
    assert form
    words = filled(form.words, [(field.lead, field.value) for field in form.fields])
    await house.click(await house.ask(words), "Save")
    assert await house.saved() == [replace(schedule, revision=schedule.revision + 1)]


async def test_the_channel_that_is_asked_in_may_still_be_opened_to_the_bot(house: House) -> None:
    house.problems[CHANNEL] = Problem("the bot is not in this channel", "invite it")
    shown = await house.ask(WISH)
    said = "The bot could not post there now: the bot is not in this channel — invite it."
    assert said in to_text(shown)
    assert said in to_text(await house.click(shown, "Save"))
    assert len(await house.saved()) == 1


async def test_a_channel_that_is_not_there_gets_no_digest(house: House) -> None:
    wish = f"{WISH} in slack:T1/C2"
    shown = await house.ask(wish)
    house.problems[ELSEWHERE] = GONE
    for refused in (await house.ask(wish), await house.click(shown, "Save")):
        assert refused.title == "The bot cannot post there"
        assert "the bot sees no such channel — check that it exists" in to_text(refused)
        assert refused.refusal
    assert await house.saved(ELSEWHERE) == []
    house.problems[ELSEWHERE] = replace(GONE, severity=Severity.WARNING)
    assert (await house.click(shown, "Save")).title == "Digest 1 is scheduled"


@pytest.mark.parametrize("named", ["slack:T2/C1", "discord:1/2", "#news"])
async def test_a_channel_of_another_workspace_or_of_no_known_id_is_refused(
    named: str, house: House
) -> None:
    reply = await house.ask(f"{WISH} in {named}")
    assert (reply.title, bool(reply.refusal)) == ("No such channel", True)
    assert await house.store.all_schedules() == []


async def test_the_page_s_own_channel_is_known_by_its_name(house: House) -> None:
    assert (await house.ask(f"{WISH} in #playground", WEB)).title == "Save this digest?"


async def test_stories_of_another_channel_are_not_shown_here(house: House) -> None:
    shown = to_text(await house.ask(f"{WISH} in slack:T1/C2"))
    assert "its message can only be shown there: /brief digest preview 1" in shown
    assert "secret" not in shown.casefold()
    there = to_text(await house.ask("digest preview 1", ELSEWHERE))
    assert "What matters about secret." in there


async def test_a_channel_is_not_promised_stories_that_it_may_not_see(house: House) -> None:
    wish = "digest add secret at 09:00 daily in slack:T1/C1"
    reply = await house.ask(wish, ELSEWHERE)
    assert "That channel may not see secret." in to_text(reply)
    assert (await house.ask(wish)).title == "That digest is not clear"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("all every blue moon", "I do not understand “every blue moon”"),
        ("all at 25:00 daily", "“25:00” is no time of day — write 00:00 to 23:59."),
        ("nosuch at 09:00 daily", "I know no story “nosuch”"),
        ("all at 09:00", "It does not say on which days"),
        ("all", "It does not say at what time"),
        ("all at 9 on weekdays", "“9” is no time of day — write 09:00 or 21:00."),
        ("all at 09.00 on weekdays", "“09.00” is no time of day"),
        ("all at 9:00 on mondy", "I do not understand “on mondy” — write Monday if you mean that."),
        ("all at 9:00 on weekend", "write weekends if you mean that"),
        ("all first monday at 9:00", "“first monday” does not say of what — add “of the month”"),
        ("all on the 31st at 9:00", "“on the 31st” does not say of what"),
        ("all at 9:00 daily in Atlantis", "I know no time zone “Atlantis”"),
        ("all at 9:00 daily in Springfield", "write a large city with the same time"),
        ("all at 9:00 daily in CST", "“CST” means several time zones — write America/Chicago or"),
        ("all at 9:00 daily CST", "for a time zone, write in America/Chicago or in"),
        ("all at 9:00 daily in UTC+2", "an offset does not tell of summer time"),
        ('all cron "*/5 * * * *"', "comes again after 5 minutes — leave at least 1 hour"),
        ('all cron "0 9 31 2 *"', "“31 2 *” may match no day for five years"),
        ('all cron "61 9 * * *"', "“61” is no minute of a cron line — it takes 0 to 59"),
        ('all cron "@daily"', "A cron line has five fields, and “@daily” has 1"),
        ("all at 09:00 daily at 10:00", "“at 10:00” comes on top of other times or days"),
        ("all at 09:00 daily page 2", "I do not understand “page 2”"),
        ("all at 09:00 daily please", "I do not understand “please”"),
        ("land-strikes, nosuch at 09:00 daily", "I know no story “nosuch”"),
        ("all " + "x " * 5000, "That is longer than 2000 characters"),
        ("كل at 09:00 daily", "I know no story “كل”"),
        ("all at 09:00 daily 🙂🙂", "I do not understand “🙂🙂”"),
        ("all at ٠٩:٠٠ daily", "“٠٩:٠٠” is no time of day"),
    ],
)
async def test_what_is_not_understood_is_said_with_an_example(
    wish: str, said: str, house: House
) -> None:
    reply = await house.ask(f"digest add {wish}")
    assert reply.title == "That digest is not clear"
    assert said in to_text(reply)
    assert reply.refusal.startswith(said[:10]) or said in reply.refusal
    example = to_text(reply).rpartition("For example: /brief ")[2].splitlines()[0]
    assert (await house.ask(example)).title == "Save this digest?"


async def test_a_refused_change_gives_a_change_as_example(house: House) -> None:
    await house.scheduled()
    reply = await house.ask("digest edit 1 at 25:00 daily")
    assert "For example: /brief digest edit 1 all at 09:00 on weekdays" in to_text(reply)
    there = await house.ask("digest add all at 25:00 daily", DISCORD)
    said = "For example: /digest add stories:all when:at 09:00 on weekdays zone:Europe/Madrid"
    assert said in to_text(there)


async def test_a_mistyped_story_is_offered_by_its_title(house: House) -> None:
    reply = await house.ask("digest add lnad-strikes at 09:00 daily")
    assert (await house.click(reply, "Did you mean Land Strikes?")).title == "Save this digest?"


@pytest.mark.parametrize(
    ("words", "label", "when"),
    [
        ("add all at 9 daily", "Did you mean “21:00”?", "at 21:00 daily, Europe/Madrid"),
        ("add all at 9am EST daily", "Did you mean “in America/New_York”?", "America/New_York"),
        ("add all at 9am daily in BST", "Did you mean “Europe/London”?", "Europe/London"),
        ("add all at 9am daily in Frankfrut", "Did you mean “Europe/Berlin”?", "Europe/Berlin"),
        ("add all at 9am daily please", "Leave that out", "at 09:00 daily, Europe/Madrid"),
        ('add all cron "0 9 * * 1', 'Did you mean “"0 9 * * 1"”?', 'cron "0 9 * * 1", Europe'),
        ("edit 1 at 9.30", "Did you mean “09:30”?", "at 09:30 on weekdays, Europe/Lisbon"),
        ("edit 1 in Lisabon full", "Did you mean “Europe/Lisbon”?", "Europe/Lisbon"),
    ],
)
async def test_what_was_perhaps_meant_is_a_button(
    words: str, label: str, when: str, house: House
) -> None:
    await house.scheduled()
    reply = await house.ask(f"digest {words}")
    assert reply.title == "That digest is not clear"
    assert when in to_text(await house.click(reply, label))


@pytest.mark.parametrize("words", ["for @everyone", "max 3", "never", "in Mars", "until June"])
async def test_words_that_say_something_are_not_left_out_by_a_button(
    words: str, house: House
) -> None:
    reply = await house.ask(f"digest add all at 09:00 daily {words}")
    assert [action.label for action in reply.actions] == ["Fill in a Form", "All digests"]


VERBS = ("add", "edit 1", "list", "why", "history", "confirm", "now", "use", "")
WORDS = st.lists(
    st.sampled_from(
        (
            *("all", "land-strikes", ",", "at", "09:00", "9", "daily", "on", "weekdays", "every"),
            *(
                "monday",
                "and",
                "in",
                "Lisbon",
                "CST",
                "cron",
                '"0 9 * * 1-5"',
                "full",
                "late",
                "3h",
            ),
            *("in #news", "in slack:T1/C2", "in slack:T9/C1", "page 2", "🙂", "month", "first"),
        )
    ),
    max_size=9,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verb=st.sampled_from(VERBS), words=WORDS)
async def test_any_words_are_a_plan_or_refused(house: House, verb: str, words: list[str]) -> None:
    if not await house.saved():
        await house.scheduled()
    before = await house.saved()
    reply = await house.ask(f"digest {verb} {' '.join(words)}")
    assert reply.title
    assert reply.private
    assert await house.saved() == before


async def test_what_cannot_be_published_is_refused_before_anything_is_planned(house: House) -> None:
    reply = await house.ask(f"{WISH} publish")
    assert reply.title == "Not to be published there"
    assert "leave out the word publish" in reply.refusal
    assert await house.store.schedules_of(CHANNEL) == []


async def test_what_is_published_is_said_and_kept_and_taken_back(house: House) -> None:
    house.publishes = True
    shown = await house.ask(f"{WISH} publish")
    assert "Published: to all who follow the channel" in to_text(shown)
    await house.click(shown, "Save")
    (saved,) = await house.saved()
    composed = await house._compose(saved)
    assert saved.publish
    assert composed.reply
    assert composed.reply.publish
    changed = await house.ask(f"digest edit {saved.id} do not publish")
    assert "Published: No (until now: to all who follow the channel)" in to_text(changed)
    await house.click(changed, "Save")
    assert [one.publish for one in await house.saved()] == [False]


async def test_a_long_wish_that_is_not_clear_is_repeated_whole(house: House) -> None:
    wish = f"all at 09:00 daily in Europe/Lisbon {'nonsense ' * 60}the end"
    assert "the end" in to_text(await house.ask(f"digest add {wish}"))


async def test_an_edit_into_a_channel_that_is_not_known_offers_its_own_form(house: House) -> None:
    await house.click(await house.ask(WISH), "Save")
    (saved,) = await house.saved()
    reply = await house.ask(f"digest edit {saved.id} in #nowhere")
    assert reply.title == "No such channel"
    assert f"digest edit {saved.id}" in [action.words for action in reply.actions]
