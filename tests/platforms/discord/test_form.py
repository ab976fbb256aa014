from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.reply import Field, FieldKind, Form, Option, filled
from bot.platforms.discord.form import to_modal, to_submitted
from tests.loopback import discord_limits as limits
from tests.loopback.discord_forms import modal_problems, submission
from tests.loopback.discord_payloads import CHANNEL, GUILD, Payload, channel
from tests.platforms.discord.hostile import HOSTILE
from tests.strategies import hostile_texts

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
CONTENT = (Option("What changed", "changes"), Option("The full card", "full", "Each time"))


def modal_of(*fields: Field, words: str = "digest add", title: str = "New digest") -> Payload:
    modal = to_modal(Form(title, words, fields))
    assert modal is not None
    return modal


def component_of(field: Field) -> Payload:
    component: Payload = modal_of(field)["components"][0]["component"]
    return component


def test_a_form_is_a_modal_of_labelled_fields() -> None:
    when = Field("", "When", value="at 09:00 on weekdays", hint="Local time")
    content = Field("", "Content", FieldKind.CHOICE, "full", options=CONTENT, required=False)
    where = Field("in", "Channel", FieldKind.CHANNEL, f"discord:{GUILD}/{CHANNEL}")

    assert modal_of(when, content, where) == {
        "custom_id": "b1f:digest add",
        "title": "New digest",
        "components": [
            {
                "type": 18,
                "label": "When",
                "description": "Local time",
                "component": {
                    "type": 4,
                    "style": 1,
                    "value": "at 09:00 on weekdays",
                    "custom_id": "0:",
                    "required": True,
                },
            },
            {
                "type": 18,
                "label": "Content",
                "component": {
                    "type": 3,
                    "options": [
                        {"label": "What changed", "value": "changes"},
                        {
                            "label": "The full card",
                            "value": "full",
                            "description": "Each time",
                            "default": True,
                        },
                    ],
                    "min_values": 0,
                    "max_values": 1,
                    "custom_id": "1:",
                    "required": False,
                },
            },
            {
                "type": 18,
                "label": "Channel",
                "component": {
                    "type": 8,
                    "channel_types": [0, 5, 10, 11, 12, 15, 2, 13],
                    "min_values": 1,
                    "max_values": 1,
                    "default_values": [{"id": CHANNEL, "type": "channel"}],
                    "custom_id": "2:in",
                    "required": True,
                },
            },
        ],
    }


@pytest.mark.parametrize("value", ["", "here", "slack:T1/C1", "discord:1/C1", "discord:1/²"])
def test_a_channel_that_is_none_of_discords_is_not_picked_beforehand(value: str) -> None:
    assert "default_values" not in component_of(Field("in", "Where", FieldKind.CHANNEL, value))


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ([], ""),
        ([Option(str(n), f"n{n}") for n in range(26)], ""),
        ([Option("One", "same"), Option("Two", "same ")], ""),
        ([Option("One", "x" * 101)], ""),
        (CONTENT, "something older"),
    ],
)
def test_a_choice_that_no_menu_can_show_is_typed(options: list[Option], value: str) -> None:
    shown = component_of(Field("", "Which", FieldKind.CHOICE, value, options=tuple(options)))

    assert (shown["type"], shown.get("value", "")) == (4, value)


def test_suggestions_are_shown_where_nothing_is_typed_yet() -> None:
    options = (Option("Weekdays", "at 09:00 on weekdays"), Option("Daily", "at 09:00 daily"))

    assert component_of(Field("", "When", options=options))["placeholder"] == (
        "For example: at 09:00 on weekdays"
    )


@pytest.mark.parametrize(
    "form",
    [
        Form("None", "digest add", ()),
        Form("Six", "digest add", tuple(Field("", str(n)) for n in range(6))),
        Form("Words", "x" * 97, (Field("", "When"),)),
        Form("Lead", "digest add", (Field("x" * 99, "When"),)),
        Form("Value", "digest add", (Field("", "When", value="x" * 4001),)),
    ],
)
def test_a_form_with_no_room_in_a_modal_is_none(form: Form) -> None:
    assert to_modal(form) is None


def test_what_is_filled_in_stands_after_its_lead_in_the_order_of_the_fields() -> None:
    modal = modal_of(
        Field("", "When"),
        Field("in", "Zone", required=False),
        Field("", "Content", FieldKind.CHOICE, options=(*CONTENT, Option("Neither", ""))),
        Field("in", "Where", FieldKind.CHANNEL),
    )
    data = submission(
        modal,
        {"When": " at 09:00\non weekdays ", "Content": "The full card", "Where": CHANNEL},
        {CHANNEL: channel(CHANNEL)},
    )
    asked = f"digest add at 09:00 on weekdays full in discord:{GUILD}/{CHANNEL}"
    assert to_submitted(data, GUILD) == asked

    data["components"].reverse()
    assert to_submitted(data, GUILD) == asked

    data["components"][1]["component"]["values"] = ["/brief"]
    data["components"][0]["component"]["values"] = ["not/an id"]
    assert to_submitted(data, GUILD) == "digest add at 09:00 on weekdays"


def made_up(modal_id: str, /, **component: object) -> dict[str, Any]:
    return {"custom_id": modal_id, "components": [{"type": 18, "component": component}]}


@pytest.mark.parametrize(
    "data",
    [
        {},
        made_up("b0f:digest add", type=4, custom_id="0:", value="x"),
        made_up("b1:0:digest add", type=4, custom_id="0:", value="x"),
        made_up("b1f:digest add", type=4, custom_id="when", value="x"),
        made_up("b1f:digest add", type=10, content="Hello"),
        {"custom_id": "b1f:digest add", "components": [{"type": 1, "components": []}]},
    ],
)
def test_a_modal_of_another_version_is_none(data: dict[str, Any]) -> None:
    assert to_submitted(data, GUILD) is None


def fields(text: st.SearchStrategy[str]) -> st.SearchStrategy[Field]:
    options = st.lists(st.builds(Option, text, text, text), max_size=26).map(tuple)
    kinds = st.sampled_from(FieldKind)
    return st.builds(Field, text, text, kinds, text, text, options, st.just(value=False))


@settings(max_examples=60)
@given(
    st.builds(
        Form,
        hostile_texts(HOSTILE),
        hostile_texts(HOSTILE),
        st.lists(fields(hostile_texts(HOSTILE)), max_size=6).map(tuple),
    )
)
def test_any_form_is_within_the_limits_or_none(form: Form) -> None:
    modal = to_modal(form)
    if modal is None:
        return
    assert modal_problems(modal) == []
    assert limits.description_problems("POST", CALLBACK, {"type": 9, "data": modal}) == []


WORD = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
CHANNELS = st.sampled_from([CHANNEL, "720000000000000009"])


@st.composite
def given_fields(draw: st.DrawFn) -> Field:
    kind, lead = draw(st.sampled_from(FieldKind)), draw(st.just("") | WORD)
    values = draw(st.lists(WORD, unique=True, min_size=1, max_size=25))
    options = tuple(Option(value.title(), value) for value in values)
    value = draw(st.sampled_from(values))
    if kind is FieldKind.CHANNEL:
        value = f"discord:{GUILD}/{draw(CHANNELS)}"
    return Field(lead, "Label", kind, value, options=options)


@given(WORD, st.lists(given_fields(), min_size=1, max_size=5))
def test_a_form_submitted_as_it_was_shown_asks_its_own_values(
    words: str, given: list[Field]
) -> None:
    channels = {one: channel(one) for one in (CHANNEL, "720000000000000009")}
    data = submission(modal_of(*given, words=words), {}, channels)

    asked = filled(words, [(field.lead, field.value) for field in given])
    assert to_submitted(data, GUILD) == asked
