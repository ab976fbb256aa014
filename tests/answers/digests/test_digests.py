from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.answers import Answers
from bot.answers.digests import Desk, Limits
from bot.digests import digest_of, first_run, queue_now
from bot.domain.digest import Composed
from bot.domain.measure import fits
from bot.domain.occurrence import OccurrenceState
from bot.domain.plain import to_text
from bot.domain.problem import Problem
from bot.domain.reply import Reply, filled
from bot.domain.request import Channel, Request
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.stories import Stories
from bot.store import Store
from tests.stories import CHANNEL, NOW, make_faq, make_story

Ask = Callable[..., Awaitable[Reply]]

STORIES = Stories(
    [
        make_story("land-strikes", faq=[make_faq("consent", "Has Mexico agreed?")]),
        make_story("venezuela-link"),
    ]
)
WISH = "digest add all at 09:00 on weekdays in Europe/Lisbon"


class House:
    """A channel's moderators with a store of their own, and a clock that is moved by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.at = NOW
        self.problem: Problem | None = None
        self.bound: dict[Channel, str | None] = {}
        desk = Desk(
            store=store,
            compose=self._compose,
            post_now=lambda schedule: queue_now(store, STORIES, schedule, self.at),
            first_run=lambda schedule: first_run(schedule, self.at),
            check=self._check,
            rebind=self._rebind,
            now=self.now,
            limits=Limits(schedules=2, cooldown=timedelta(minutes=5)),
        )
        self.answers = Answers(lambda: STORIES, self.now, self.bound.get, desk)

    def now(self) -> datetime:
        return self.at

    async def _compose(self, schedule: Schedule) -> Composed:
        return digest_of(schedule, STORIES, await self.store.told_to(schedule.channel), self.at)

    async def _check(self, _: Channel) -> Problem | None:
        return self.problem

    async def _rebind(self, channel: Channel, slug: str | None) -> None:
        self.bound[channel] = slug

    async def ask(self, words: str, *, moderator: bool = True, channel: Channel = CHANNEL) -> Reply:
        request = Request(words, channel, user="U1", moderator=moderator, zone="Europe/Madrid")
        reply = await self.answers(request)
        assert fits(reply)
        return reply

    async def saved(self) -> list[Schedule]:
        found = await self.store.schedules_of(CHANNEL)
        return [one for one in found if one.state is not ScheduleState.DRAFT]

    async def scheduled(self) -> Schedule:
        """A digest that has been planned and confirmed."""
        reply = await self.ask(WISH)
        await self.ask(reply.actions[0].words)
        return (await self.saved())[-1]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        yield House(store)


async def test_nothing_is_saved_before_it_is_confirmed(house: House) -> None:
    reply = await house.ask(WISH)
    text = to_text(reply)
    assert text.startswith("Save this digest?")
    assert text.count("09:00 Europe/Lisbon") == 5
    assert "The message that would go out now" in text
    assert "What matters about land-strikes." in text
    assert await house.saved() == []
    assert reply.actions[0].label == "Save"


async def test_a_confirmed_digest_runs(house: House) -> None:
    schedule = await house.scheduled()
    assert (schedule.state, schedule.zone) == (ScheduleState.ACTIVE, "Europe/Lisbon")
    assert "1 digest here." in to_text(await house.ask("digest"))


async def test_a_digest_is_confirmed_once(house: House) -> None:
    reply = await house.ask(WISH)
    await house.ask(reply.actions[0].words)
    again = await house.ask(reply.actions[0].words)
    assert again.title == "No such digest"
    assert len(await house.saved()) == 1


async def test_the_form_says_the_same_as_the_words(house: House) -> None:
    form = (await house.ask("digest add")).form
    assert form
    assert len(form.fields) <= 5
    words = filled(form.words, [(field.lead, field.value) for field in form.fields])
    assert (await house.ask(words)).title == "Save this digest?"


@pytest.mark.parametrize(
    "wish",
    ["all every blue moon", "all at 25:00 daily", "nosuch at 09:00 daily", "all at 09:00", "all"],
)
async def test_what_is_not_understood_is_said_with_an_example(wish: str, house: House) -> None:
    reply = await house.ask(f"digest add {wish}")
    assert reply.title == "That digest is not clear"
    assert "For example: /brief digest add " in to_text(reply)
    example = to_text(reply).rpartition("For example: /brief ")[2].splitlines()[0]
    assert (await house.ask(example)).title == "Save this digest?"


async def test_only_moderators_may_and_attempts_are_put_down(house: House) -> None:
    schedule = await house.scheduled()
    for words in (WISH, "digest", f"digest delete {schedule.id} confirm", "use land-strikes"):
        assert (await house.ask(words, moderator=False)).title == "For moderators"
    assert len(await house.saved()) == 1
    refused = [act for act in await house.store.acts(CHANNEL) if "refused" in act.outcome]
    assert len(refused) == 4


async def test_another_workspace_sees_no_digest_of_ours(house: House) -> None:
    schedule = await house.scheduled()
    theirs = Channel("slack", "T2", "C1")
    for act in ("show", "pause", "delete", "now", "preview", "history", "edit", "why next"):
        reply = await house.ask(f"digest {act} {schedule.id} confirm", channel=theirs)
        assert reply.title in {"No such digest", "No such run"}, act
    assert (await house.saved())[0].state is ScheduleState.ACTIVE


async def test_pausing_and_resuming(house: House) -> None:
    schedule = await house.scheduled()
    assert "State: Paused" in to_text(await house.ask(f"digest pause {schedule.id}"))
    assert await house.store.next_at(schedule.id) is None
    assert "State: Running" in to_text(await house.ask(f"digest resume {schedule.id}"))
    assert await house.store.next_at(schedule.id)


async def test_deleting_is_asked_first(house: House) -> None:
    schedule = await house.scheduled()
    asked = await house.ask(f"digest delete {schedule.id}")
    assert len(await house.saved()) == 1
    await house.ask(asked.actions[0].words)
    assert await house.saved() == []


async def test_editing_changes_only_what_is_said(house: House) -> None:
    schedule = await house.scheduled()
    reply = await house.ask(f"digest edit {schedule.id} at 10:30 on weekdays")
    assert reply.title == "Change this digest?"
    await house.ask(reply.actions[0].words)
    (changed,) = await house.saved()
    assert (changed.id, changed.cadence.text) == (schedule.id, "at 10:30 on weekdays")
    assert changed.zone == "Europe/Lisbon"


async def test_posting_by_hand_is_shown_first_and_not_repeated_at_once(house: House) -> None:
    schedule = await house.scheduled()
    asked = await house.ask(f"digest now {schedule.id}")
    assert await house.store.history(CHANNEL) == []
    assert (await house.ask(asked.actions[0].words)).title == "On its way"
    assert (await house.ask(asked.actions[0].words)).title == "Not so fast"
    (waiting,) = await house.store.history(CHANNEL)
    assert waiting.state is OccurrenceState.PENDING
    assert "Waiting to be posted" in to_text(await house.ask(f"digest why {waiting.id}"))
    assert "Waiting to be posted" in to_text(await house.ask("digest history"))


async def test_a_workspace_has_so_many_digests_and_no_more(house: House) -> None:
    await house.scheduled()
    await house.scheduled()
    assert (await house.ask(WISH)).title == "Too many digests"
    assert len(await house.saved()) == 2


async def test_a_channel_where_the_bot_cannot_post_is_pointed_out(house: House) -> None:
    house.problem = Problem("the bot is not in this channel", "invite it")
    text = to_text(await house.ask(WISH))
    assert "The bot could not post there now: the bot is not in this channel — invite it" in text


async def test_a_channel_gets_a_story_of_its_own_and_loses_it(house: House) -> None:
    await house.ask("use land-strikes")
    assert (await house.ask("")).title == "Land Strikes"
    await house.ask("use nothing")
    assert (await house.ask("")).title == "Briefings"


async def test_every_act_is_put_down(house: House) -> None:
    schedule = await house.scheduled()
    for words in ("pause {0}", "resume {0}", "now {0} confirm", "delete {0} confirm"):
        await house.ask("digest " + words.format(schedule.id))
    acts = [(act.act, act.outcome) for act in await house.store.acts(CHANNEL)]
    names = ("digest delete", "digest now", "digest resume", "digest pause", "digest add")
    assert acts == [(name, "done") for name in names]


@pytest.mark.parametrize(
    "words",
    [
        "digest show",
        "digest show x",
        "digest why",
        "digest why 9",
        "digest zzz",
        "digest history 99999999999999999999",
    ],
)
async def test_what_does_not_exist_is_said_kindly(words: str, house: House) -> None:
    reply = await house.ask(words)
    assert reply.title in {"No such digest", "No such run", "I did not understand that"}
