from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from pydantic import SecretStr
from sqlalchemy import text

from bot.app.installations import SealedInstallations
from bot.domain.request import Channel
from bot.domain.schedule import ScheduleState
from bot.errors import ConfigurationError
from bot.store import Store
from bot.store.seal import Seal
from tests.schedules import add, make_schedule
from tests.stories import NOW

KEY, NEW = "k" * 16 + "1234567890abcdef", "n" * 43
TOKEN = "xoxb-2222-very-secret"
SPAN = timedelta(minutes=10)


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def kept(store: Store, keys: str | None = KEY, clock: Clock | None = None) -> SealedInstallations:
    secret = None if keys is None else SecretStr(keys)
    return SealedInstallations(store, secret, (clock or Clock()).now)


async def test_what_was_saved_is_loaded_by_its_own_tenant_only(store: Store) -> None:
    installations = kept(store)
    await installations.save("slack:T1", TOKEN)
    await installations.save("slack:T1", f"{TOKEN}-2")
    await installations.save("slack:T2", "other")
    assert await installations.load("slack:T1") == f"{TOKEN}-2"
    assert await installations.load("slack:T3") is None
    assert await installations.tenants("slack") == ["slack:T1", "slack:T2"]
    assert await installations.tenants("discord") == []


async def test_no_token_and_no_state_is_in_the_database_in_the_clear(tmp_path: Path) -> None:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        installations = kept(store)
        await installations.save("slack:T1", TOKEN)
        await installations.issue("the-state-word", SPAN)
        assert TOKEN not in repr(installations) + repr(vars(installations))
    files = [path for path in tmp_path.iterdir() if path.is_file()]  # noqa: ASYNC240
    found = b"".join(path.read_bytes() for path in files)
    assert b"slack:T1" in found
    for secret in (TOKEN, "very-secret", "the-state-word", KEY):
        assert secret.encode() not in found


@pytest.mark.parametrize("keys", [None, "", " , ", "short"])
async def test_without_a_key_nothing_is_saved_and_the_remedy_is_told(
    store: Store, keys: str | None
) -> None:
    installations = kept(store, keys)
    with pytest.raises(ConfigurationError, match=r"BOT_SECRET_KEY is .*token_urlsafe"):
        await installations.check()
    with pytest.raises(ConfigurationError):
        await installations.save("slack:T1", TOKEN)
    assert await store.installed() == []


async def test_a_wrong_key_is_told_without_the_key(store: Store) -> None:
    await kept(store).save("slack:T1", TOKEN)
    wrong = kept(store, NEW)
    for look in (wrong.check(), wrong.load("slack:T1")):
        with pytest.raises(ConfigurationError, match="Put the key back") as refused:
            await look
        assert NEW not in str(refused.value)
        assert TOKEN not in str(refused.value)


async def test_a_new_key_in_front_seals_and_the_old_one_still_opens(store: Store) -> None:
    await kept(store).save("slack:T1", TOKEN)
    both = kept(store, f"{NEW}, {KEY}")
    assert await both.load("slack:T1") == TOKEN
    await both.save("slack:T2", TOKEN)
    assert await kept(store, NEW).load("slack:T2") == TOKEN
    with pytest.raises(ConfigurationError):
        await kept(store, NEW).load("slack:T1")
    await both.check()
    assert await kept(store, NEW).load("slack:T1") == TOKEN


async def test_one_row_that_cannot_be_opened_does_not_stop_the_others(store: Store) -> None:
    await kept(store, NEW).save("slack:T1", "of another key")
    await kept(store).save("slack:T2", TOKEN)
    await kept(store).check()


async def test_a_row_moved_to_another_tenant_is_refused(store: Store) -> None:
    installations = kept(store)
    await installations.save("slack:T1", TOKEN)
    async with store._writing() as connection:
        await connection.execute(text("UPDATE installation SET tenant = 'slack:T2'"))
    with pytest.raises(ConfigurationError, match="another tenant"):
        await installations.load("slack:T2")


async def test_a_workspace_is_served_by_its_organisation_until_that_ends(store: Store) -> None:
    installations = kept(store)
    await installations.save("slack:E1", "org")
    await installations.link("slack:T1", "slack:E1")
    await installations.link("slack:T1", "slack:E1")
    assert await installations.load("slack:T1") == "org"
    await installations.save("slack:T1", "own")
    assert await installations.load("slack:T1") == "own"
    await installations.link("slack:T2", "slack:E1")
    await installations.unlink("slack:T2")
    assert await installations.load("slack:T2") is None
    await installations.delete("slack:E1")
    assert await installations.load("slack:T1") == "own"
    assert await installations.tenants("slack") == ["slack:T1"]


async def test_a_workspace_of_an_organisation_can_end_alone(store: Store) -> None:
    installations = kept(store)
    await installations.save("slack:E1", "org")
    for team in ("T1", "T2"):
        await installations.link(f"slack:{team}", "slack:E1")
        await add(store, make_schedule(channel=Channel("slack", team, "C1")), NOW)
    await installations.delete("slack:T1")
    assert await installations.load("slack:T1") is None
    assert await installations.load("slack:T2") == "org"
    states = {each.channel.workspace: each.state for each in await store.all_schedules()}
    assert states == {"T1": ScheduleState.SUSPENDED, "T2": ScheduleState.ACTIVE}


async def test_uninstalling_suspends_the_workspaces_digests_and_no_other(store: Store) -> None:
    installations = kept(store)
    for team in ("T1", "T2", "T3"):
        await installations.save(f"slack:{team}", team)
        channel = Channel("slack", team, "C1")
        await add(store, make_schedule(channel=channel), NOW)
    await installations.save("slack:E1", "org")
    await installations.delete("slack:T3")
    await installations.link("slack:T3", "slack:E1")
    await installations.delete("slack:T1")
    await installations.delete("slack:E1")
    states = {each.channel.workspace: each.state for each in await store.all_schedules()}
    assert states == {
        "T1": ScheduleState.SUSPENDED,
        "T2": ScheduleState.ACTIVE,
        "T3": ScheduleState.SUSPENDED,
    }
    (first, *_) = await store.all_schedules()
    assert (first.reason, await store.next_at(first.id)) == ("the app was uninstalled", None)


async def test_a_claim_is_held_by_one_until_it_ends_or_saves(store: Store, clock: Clock) -> None:
    installations = kept(store, clock=clock)
    assert not await installations.claim("slack:T1", SPAN)
    await installations.save("slack:T1", TOKEN)
    claims = [installations.claim("slack:T1", SPAN) for _ in range(5)]
    assert sorted(await asyncio.gather(*claims)) == [False] * 4 + [True]
    clock.at += SPAN
    assert await installations.claim("slack:T1", SPAN)
    await installations.save("slack:T1", TOKEN)
    assert await installations.claim("slack:T1", SPAN)


async def test_a_word_is_redeemed_once_and_in_time(store: Store, clock: Clock) -> None:
    installations = kept(store, clock=clock)
    await installations.issue("one", SPAN)
    redeemed = await asyncio.gather(*(installations.redeem("one") for _ in range(5)))
    assert sorted(redeemed) == [False] * 4 + [True]
    assert not await installations.redeem("two")
    await installations.issue("late", SPAN)
    clock.at += SPAN
    assert not await installations.redeem("late")
    await installations.issue("next", SPAN)
    async with store._reading() as connection:
        count = await connection.execute(text("SELECT count(*) FROM issued"))
        assert count.scalar_one() == 1


@given(owner=st.text(st.characters(exclude_characters="\n")), plain=st.text())
def test_what_is_sealed_is_opened(owner: str, plain: str) -> None:
    seal = Seal(KEY)
    sealed = seal.seal(owner, plain)
    assert seal.open(owner, sealed) == plain
    assert re.fullmatch(r"[\w=-]+", sealed, re.ASCII)
    assert repr(seal) == "Seal()"
