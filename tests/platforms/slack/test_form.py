from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.reply import (
    Action,
    Field,
    FieldKind,
    Form,
    Note,
    Option,
    Paragraph,
    Reply,
    filled,
    line,
)
from bot.platforms.slack.form import render_form, to_values
from bot.platforms.slack.modal import Memo, render_fields, render_modal
from tests.loopback.slack_limits import view_breaches
from tests.loopback.slack_views import Modal
from tests.platforms.slack.hostile import HOSTILE
from tests.strategies import hostile_texts, long_texts, replies

Json = dict[str, Any]

STORIES = (Option("Harbour tunnel", "harbour"), Option("Night trains", "trains"))
TIMES = (Option("In the afternoon", "17:00"),)
FORM = Form(
    "New digest",
    "digest add",
    (
        Field("", "Story", FieldKind.CHOICE, "trains", options=STORIES),
        Field(
            "at", "Time", value="09:00", hint="In your own zone.", options=(Option("", "17:00"),)
        ),
        Field("in", "Channel", FieldKind.CHANNEL),
        Field("note", "Note", required=False),
    ),
    "Preview",
)
MEMO = Memo("C1", "https://hooks.slack.com/x")

texts = hostile_texts(HOSTILE)


def opened(view: Json | None, channel: str = "C1") -> Modal:
    """The view as somebody has it before them."""
    assert view is not None
    assert view_breaches(view) == []
    return Modal("V1", "U1", channel, view, "1.hash")


def submitted(modal: Modal) -> str | None:
    values = to_values(modal.payload(), "T1")
    return None if values is None else filled("", values).strip()


def test_a_form_becomes_a_modal_with_a_field_for_each_of_its_own() -> None:
    view = render_form(FORM)
    assert view is not None
    assert (view["title"]["text"], view["submit"]["text"]) == ("New digest", "Preview")
    story, time, channel, _ = view["blocks"]
    assert [block["block_id"] for block in view["blocks"]] == [
        "b1:1:",
        "b1:2:at",
        "b1:3:in",
        "b1:4:note",
    ]
    assert story["element"]["initial_option"]["text"]["text"] == "Night trains"
    assert time["element"]["initial_value"] == "09:00"
    assert time["hint"]["text"] == "In your own zone. For example: 17:00"
    assert channel["element"] == {
        "action_id": "b1:field3",
        "type": "conversations_select",
        "filter": {
            "include": ["public", "private"],
            "exclude_bot_users": True,
            "exclude_external_shared_channels": True,
        },
        "default_to_current_conversation": True,
    }
    assert [block["optional"] for block in view["blocks"]] == [False, False, False, True]


def test_what_is_filled_in_are_words_as_one_would_type_them() -> None:
    modal = opened(render_form(FORM), "C7")
    assert submitted(modal) == "trains at 09:00 in slack:T1/C7"
    modal.fill("Story", "Harbour tunnel")
    modal.fill("Time", " 17:00\n& <later> ")
    modal.fill("Channel", "C2")
    modal.fill("Note", "weekly")
    assert submitted(modal) == "harbour at 17:00 & <later> in slack:T1/C2 note weekly"


def test_a_channel_that_was_chosen_before_is_chosen_again() -> None:
    def shown(value: str) -> Any:
        form = Form("F", "w", (Field("in", "Channel", FieldKind.CHANNEL, value),))
        return opened(render_form(form), "C7").shown("Channel")["selected_conversation"]

    assert shown("slack:T1/C3") == "C3"
    assert [shown(value) for value in ("discord:1/2", "#general", "")] == ["C7"] * 3


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ("gone", STORIES),
        ("", ()),
        ("x", (Option("Long", "x" * 151),)),
        ("a", (Option("A", "a"), Option("Again", "a"))),
        ("a", tuple(Option(f"{n}", f"{n}") for n in range(101))),
    ],
)
def test_a_choice_that_no_menu_can_show_is_typed(value: str, options: tuple[Option, ...]) -> None:
    field = Field("about", "Story", FieldKind.CHOICE, value, options=options, required=False)
    modal = opened(render_form(Form("F", "w", (field,))))
    assert modal.shown("Story") == {"type": "plain_text_input", "value": value or None}
    assert submitted(modal) == f"about {value}" * bool(value)


def test_a_choice_of_nothing_adds_no_words() -> None:
    options = (Option("All stories", ""), *STORIES)
    field = Field("about", "Story", FieldKind.CHOICE, options=options)
    modal = opened(render_form(Form("F", "w", (field,))))
    assert modal.shown("Story")["selected_option"]["text"]["text"] == "All stories"
    assert submitted(modal) == ""
    modal.fill("Story", "Night trains")
    assert submitted(modal) == "about trains"


@pytest.mark.parametrize(
    "form",
    [
        Form("F", "w", ()),
        Form("F", "w", (Field("a", "A"),) * 51),
        Form("F", "w", (Field("a" * 251, "A"),)),
        Form("F", "w", (Field("a", "A", value="x" * 3001),)),
        Form("F", "w" * 3000, (Field("a", "A"),)),
    ],
)
def test_a_form_that_fits_no_modal_opens_none(form: Form) -> None:
    assert render_fields(form, MEMO) is None
    assert "input" not in str(render_modal(Reply("R", form=form), MEMO))


def test_a_modal_remembers_where_it_was_asked_for_and_what_it_asks() -> None:
    modal = opened(render_fields(FORM, replace(MEMO, thread="1.1")))
    assert Memo.read(modal.payload()) == Memo(
        "C1", "https://hooks.slack.com/x", "1.1", "digest add", "New digest", fields=4
    )


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"channel":5}', '{"x":1}', "{}", "null"])
def test_a_modal_of_another_version_remembers_nothing(text: str) -> None:
    assert Memo.read({"private_metadata": text}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"callback_id": "b0:form"},
        {"blocks": [{"type": "input", "block_id": "b0:1:at"}]},
        {"blocks": [{"type": "input", "block_id": None}]},
    ],
)
def test_a_modal_of_another_version_has_no_values(change: Json) -> None:
    assert to_values(opened(render_form(FORM)).payload() | change, "T1") is None


def test_an_answer_is_shown_in_the_modal_under_the_title_of_its_form() -> None:
    memo = replace(MEMO, title=FORM.title, words=FORM.words)
    reply = Reply("Preview", (Paragraph(line("At 09:00.")),), (Action("Start", "digest on 1"),))
    view = render_modal(reply, memo)
    assert view_breaches(view) == []
    assert view["title"]["text"] == "New digest"
    assert "submit" not in view
    assert [block["type"] for block in view["blocks"]] == ["header", "rich_text", "actions"]
    assert Memo.read(view) == replace(memo, words="")


def test_a_form_in_answer_to_a_form_comes_with_what_is_said_and_with_new_numbers() -> None:
    before = render_fields(FORM, MEMO)
    assert before is not None
    memo = Memo.read(before)
    assert memo is not None
    reply = Reply("No such time", (Note(line("Write 09:00.")),), (Action("A", "a"),), form=FORM)
    view = render_modal(reply, memo)
    assert view_breaches(view) == []
    kinds = [block["type"] for block in view["blocks"]]
    assert kinds == ["header", "context", *["input"] * 4]
    ids = {block.get("block_id") for block in view["blocks"]}
    assert ids.isdisjoint(block["block_id"] for block in before["blocks"])
    public = render_modal(replace(reply, private=False), memo)
    assert "input" not in str(public)


def test_nothing_to_show_is_said() -> None:
    assert view_breaches(render_modal(Reply(""))) == []


@given(replies(st.one_of(texts, long_texts(texts)), texts))
def test_every_reply_fits_a_modal(reply: Reply) -> None:
    assert view_breaches(render_modal(reply, MEMO)) == []


@given(replies(texts, texts, most=4))
def test_every_form_that_is_opened_fits(reply: Reply) -> None:
    view = reply.form and render_fields(reply.form, MEMO)
    if view:
        assert view_breaches(view) == []


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_whatever_is_typed_comes_back_in_the_order_of_the_fields(
    typed: list[tuple[str, str]],
) -> None:
    leads = ("", "at", "in", "for the", "a:b")
    fields = tuple(
        Field(lead, f"Label {place}", value=value, required=False)
        for place, (lead, (value, _)) in enumerate(zip(leads, typed, strict=False))
    )
    modal = opened(render_form(Form("F", "w", fields), 7))
    for place, (_, new) in enumerate(typed):
        modal.fill(f"Label {place}", new)
    wanted = [(lead, new) for lead, (_, new) in zip(leads, typed, strict=False)]
    assert to_values(modal.payload(), "T1") == wanted


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_form_is_markup(text: str) -> None:
    option = Option(text, text, text)
    kinds = (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.CHANNEL)
    fields = tuple(Field(text, text, kind, text, text, (option,)) for kind in kinds)
    reply = Reply(text, (Paragraph(line(text)),), form=Form(text, text, fields, text))
    assert view_breaches(render_modal(reply, MEMO)) == []
    view = render_modal(reply, MEMO)
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert len(inputs) == 3
    assert "mrkdwn" not in str(inputs)
