"""Planning: the words for a new digest, or for a change of one, become a plan or a refusal."""

from __future__ import annotations

from dataclasses import replace

from bot.answers.digests import refusing
from bot.answers.digests.desk import Act
from bot.answers.digests.drafts import draft
from bot.answers.digests.form import form
from bot.answers.digests.targeting import obstacle, target, unseen
from bot.domain.reply import Reply
from bot.domain.request import Channel
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.wish import Wish, parse_wish
from bot.domain.words import Refusal


async def add(act: Act) -> Reply:
    """Plan a new digest; without words, show the form."""
    if not act.words:
        return form("digest add", "New digest", None, act)
    if await act.desk.store.count_schedules(act.tenant) >= act.desk.limits.schedules:
        return await refusing.full(act)
    return await _plan(act.words, None, act)


async def edit(act: Act) -> Reply:
    """Plan a change of a digest; without words, show the form as it is now."""
    schedule = await act.saved()
    if schedule is None:
        return await refusing.unknown(act)
    if not act.rest:
        return form(f"digest edit {schedule.id}", "Change digest", schedule, act)
    return await _plan(act.rest, schedule, act)


async def _plan(words: str, before: Schedule | None, act: Act) -> Reply:
    wish = parse_wish(
        words,
        act.asked.stories.names,
        act.request.zone,
        least=act.desk.limits.interval,
        base=Wish.of(before) if before else None,
    )
    if isinstance(wish, Refusal):
        return await refusing.unclear(wish, words, act, before)
    channel = before.channel if before and not wish.channel else target(wish, act)
    if channel is None:
        return await refusing.elsewhere(wish.channel, act)
    if slugs := unseen(wish.stories, channel, act):
        return await refusing.hidden_there(slugs, act)
    planned = _schedule(wish, channel)
    problem, forbids = await obstacle(channel, act)
    if problem and forbids:
        return await refusing.dead(replace(planned, id=before.id if before else 0), problem, act)
    return await draft(planned, act, before.id if before else None)


def _schedule(wish: Wish, channel: Channel) -> Schedule:
    return Schedule(
        0,
        channel,
        wish.stories,
        wish.cadence,
        wish.zone,
        wish.content,
        wish.quiet,
        wish.grace,
        ScheduleState.DRAFT,
    )
