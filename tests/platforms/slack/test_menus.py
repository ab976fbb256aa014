from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.reply import Field, FieldKind, Form, Option, filled
from bot.platforms.slack.form import render_form, to_values
from bot.platforms.slack.modal import Memo
from bot.platforms.slack.suggestions import Suggestions
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_elements import options_breaches
from tests.loopback.slack_limits import view_breaches
from tests.loopback.slack_views import Modal
from tests.platforms.slack.conftest import House, listening
from tests.platforms.slack.forms import opened
from tests.platforms.slack.hostile import HOSTILE
from tests.platforms.slack.menus import ALL, ASK, FIELDS, FORM, menu_house
from tests.strategies import hostile_texts


@pytest.fixture
def house() -> House:
    return menu_house()


async def test_the_readers_zone_is_chosen_and_another_is_found_by_its_city(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        chosen = modal.shown("Time zone")["selected_option"]
        assert (chosen["value"], chosen["text"]["text"]) == ("Europe/Lisbon", "Europe/Lisbon")
        assert await slack.suggest(modal, "Time zone", "new yo") == ["America/New_York"]
        await slack.submit(modal, Time_zone="America/New_York")
        assert house.asked[-1].words == ALL.replace("Europe/Lisbon", "America/New_York")


async def test_a_zone_menu_offers_common_zones_before_anything_is_typed(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        assert modal.block("Time zone")["element"]["min_query_length"] == 0
        offered = await slack.suggest(modal, "Time zone", "")
        assert "Europe/London" in offered
        assert len(await slack.suggest(modal, "Time zone", "a")) == 100
        assert await slack.suggest(modal, "Time zone", "no such city") == []


async def test_a_form_without_a_zone_asks_for_one(house: House) -> None:
    house.known["digest add"] = replace(
        ASK, form=replace(FORM, fields=(*FIELDS[:3], replace(FIELDS[3], value="")))
    )
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        assert modal.missing() == ["Time zone"]


async def test_stories_are_found_among_any_number_and_several_can_be_chosen(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add", channel="C2")
        chosen = modal.shown("Stories")["selected_options"]
        assert [option["text"]["text"] for option in chosen] == ["All stories"]
        offered = await slack.suggest(modal, "Stories", "")
        assert offered[:2] == ["All stories", "Story of story-0"]
        assert str(house.asked[-1].channel) == "slack:T1/C2"
        assert await slack.suggest(modal, "Stories", "119") == ["Story of story-119"]
        await slack.suggest(modal, "Stories", "story-11")
        await slack.submit(modal, Stories="Story of story-11\nStory of story-119")
        assert house.asked[-1].words == ALL.replace("all", "story-11, story-119")


async def test_a_menu_is_asked_as_whoever_types(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        body = payloads.view_suggestion(modal.block("Stories"), "", "U9", modal.payload())
        body["user"]["team_id"] = "T2"
        await slack.deliver("interactive", body, accepts_payload=True)
        assert (house.asked[-1].user, str(house.asked[-1].channel)) == ("U9", "slack:T2/C1")
        assert not house.asked[-1].moderator


@pytest.mark.parametrize(
    "change",
    [
        {"action_id": "b0:zone1"},
        {"action_id": "b1:field1"},
        {"action_id": "b1:zone12345"},
        {"view": {}},
        {"view": {"private_metadata": "{}"}},
        {"value": None},
    ],
)
async def test_a_made_up_menu_offers_nothing(house: House, change: dict[str, Any]) -> None:
    async with SlackServer() as slack, listening(slack, house):
        modal = await opened(slack, "digest add")
        body = payloads.view_suggestion(modal.block("Stories"), "x", "U1", modal.payload())
        ack = await slack.deliver("interactive", body | change, accepts_payload=True)
        none = "value" not in change
        assert ack.error is None
        assert ((ack.payload or {}).get("options") == []) is none


@given(typed=hostile_texts(HOSTILE), label=hostile_texts(HOSTILE), slug=st.text(max_size=200))
def test_whatever_is_suggested_slack_takes(typed: str, label: str, slug: str) -> None:
    suggest = Suggestions(lambda _: [Option(label, f"story {slug}", slug)] * 2)
    block = {"block_id": "b1:1:", "element": {"action_id": "b1:stories1"}}
    view = {"id": "V1", "private_metadata": Memo("C1").write()}
    for kind in ("stories", "zone"):
        block["element"] = {"action_id": f"b1:{kind}1"}
        options = suggest(payloads.view_suggestion(block, typed, "U1", view))
        assert options_breaches(options) == []
        values = [option["value"] for option in options]
        assert len(values) == len(set(values))


@given(
    value=hostile_texts(HOSTILE) | st.sampled_from(("all", "a, b", "Asia/Tokyo", "")),
    label=hostile_texts(HOSTILE),
    kind=st.sampled_from((FieldKind.ZONE, FieldKind.STORIES)),
)
def test_any_zone_and_any_stories_fit_a_modal_and_come_back(
    value: str, label: str, kind: FieldKind
) -> None:
    field = Field("x", label, kind, value, options=(Option(label, "a"),))
    view = render_form(Form(label, "w", (field,)))
    assert view is not None
    assert view_breaches(view) == []
    modal = Modal("V1", "U1", "C1", view, "1.hash")
    values = to_values(modal.payload(), "T1")
    assert values is not None
    if value in {"all", "a, b", "Asia/Tokyo", ""}:
        assert filled("", values).strip() == (f"x {value}" if value else "")
