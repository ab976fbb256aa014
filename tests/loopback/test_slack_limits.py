from __future__ import annotations

import pytest

from tests.loopback.slack_limits import breaches, counted, texts, view_breaches
from tests.loopback.slack_payloads import Json


def message(*blocks: Json, **other: object) -> Json:
    fine = {"text": "Hi", "unfurl_links": False, "unfurl_media": False}
    return fine | {"blocks": list(blocks)} | other


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def markup(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: Json) -> Json:
    return {"type": "section", "text": text}


def button(**fields: object) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go")} | fields


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def rich(*leaves: Json) -> Json:
    inner = {"type": "rich_text_section", "elements": list(leaves)}
    return {"type": "rich_text", "elements": [inner]}


def select(count: int, value: str = "v") -> Json:
    options = [{"text": plain("o"), "value": value}] * count
    return {"type": "static_select", "action_id": "s", "options": options}


GOOD = (
    {"type": "header", "text": plain("h" * 150)},
    section(markup("&lt;!here&gt; <!date^1^{ago}|then> <https://a.example/|a>")),
    {"type": "context", "elements": [plain("@here <!channel>")]},
    {"type": "divider"},
    rich({"type": "text", "text": "<!channel> & @here"}),
    actions(button(value="v"), select(100)),
)


def test_a_good_message_has_no_breaches() -> None:
    assert breaches(message(*GOOD)) == []


def test_texts_are_what_a_reader_sees() -> None:
    shown = list(texts(message(*GOOD)))
    assert shown[1] == "<!here> then a"
    assert counted(message(GOOD[0])) == 250


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (message(text=""), "text: missing"),
        (message(text="x" * 3001), "text: longer than"),
        (message(text="a & b"), "not escaped"),
        (message(text="<!channel>"), "live markup"),
        (message(text="a > b"), "a > that"),
        (message(text="@here"), "a bare @here"),
        (message(text="\ud800"), "a lone surrogate"),
        (message(unfurl_links=True), "unfurl_links"),
        (message(link_names=True), "link_names"),
        (message(*[{"type": "divider"}] * 41), "blocks: 41"),
        (message(*[rich({"type": "text", "text": "x" * 3000})] * 5), "counted characters"),
        (message({"type": "image"}), "unknown block type 'image'"),
        (message({"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}), "2"),
        (message({"type": "divider", "block_id": "b" * 256}), "block_id: 256"),
        (message({"type": "header", "text": plain("&" * 31)}), "header text: 155"),
        (message({"type": "header", "text": markup("h")}), "must be a plain_text"),
        (message(section(markup("x" * 3001))), "section text: 3001"),
        (message(section({"type": "mrkdwn", "text": "a"})), "without verbatim"),
        (message(section(markup("<@U1>"))), "live markup"),
        (message(section(markup("<http://a.example|a>"))), "live markup"),
        (message(section({"type": "plain_text", "text": "a"})), "emoji must be false"),
        (message({"type": "section"}), "neither text nor fields"),
        (message({"type": "context", "elements": []}), "is not 1 to 10"),
        (message(actions(*[button(action_id=f"{n}") for n in range(26)])), "is not 1 to 25"),
        (message(actions(button(), button())), "action_id 'a' is used 2 times"),
        (message(actions(button(text=plain("x" * 76)))), "button text: 76"),
        (message(actions(button(value="x" * 2001))), "button value: 2001"),
        (message(actions(button(url="http://a.example"))), "not a plain https"),
        (message(actions(button(style="loud"))), "button style"),
        (message(actions(button(style="primary"), button(action_id="b", style="primary"))), "one"),
        (message(actions(select(101))), "options: 101"),
        (message(actions(select(1, "x" * 151))), "option value: 151"),
        (message(actions(select(1, ""))), "option value: missing"),
        (message(rich({"type": "broadcast", "range": "here"})), "pings"),
        (message(rich({"type": "text", "text": ""})), "empty"),
        (message(rich({"type": "link", "url": "javascript:x"})), "not a plain https"),
        (message(rich({"type": "date", "timestamp": 1.5, "format": "", "fallback": ""})), "whole"),
        (message(rich()), "nothing in a section"),
        (message({"type": "rich_text", "elements": []}), "rich_text: empty"),
    ],
)
def test_a_breach_is_told(bad: Json, said: str) -> None:
    assert said in "\n".join(breaches(bad))


def modal(*blocks: Json, **other: object) -> Json:
    fine = {"type": "modal", "title": plain("Digest"), "submit": plain("Go")}
    return fine | {"blocks": list(blocks)} | other


def entry(**element: object) -> Json:
    made = {"type": "plain_text_input", "action_id": "a"} | element
    return {"type": "input", "block_id": "b", "label": plain("Time"), "element": made}


CHANNELS = {"type": "conversations_select", "default_to_current_conversation": True}


def test_a_good_view_has_no_breaches() -> None:
    assert view_breaches(modal(entry(initial_value="x" * 3000, placeholder=plain("p")))) == []
    assert view_breaches(modal(entry(**CHANNELS, filter={"include": ["public"]}))) == []
    assert view_breaches(modal(entry(**select(100)))) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (modal(entry(), title=plain("x" * 25)), "title: 25"),
        (modal(entry(), submit=plain("x" * 25)), "submit: 25"),
        (modal(entry(), callback_id="x" * 256), "callback_id: 256"),
        (modal(entry(), private_metadata="x" * 3001), "private_metadata: 3001"),
        (modal(entry(), colour="red"), "unknown fields"),
        (modal(), "blocks: empty"),
        ({"type": "modal", "blocks": [entry()]}, "submit: missing"),
        ({"type": "modal", "blocks": [entry()]}, "title: missing"),
        (modal(entry(), entry()), "2 times"),
        (modal(entry(action_id="")), "action_id: missing"),
        (modal(entry(initial_value="x" * 3001)), "initial_value: 3001"),
        (modal(entry(placeholder=plain("x" * 151))), "placeholder: 151"),
        (modal(entry(type="checkboxes")), "unknown input element"),
        (modal(entry(**select(101))), "options: 101"),
        (modal(entry(**select(1), initial_option={})), "none of the options"),
        (modal(entry(**CHANNELS, initial_conversation="C1")), "one at most"),
        (modal(entry(**CHANNELS, filter={})), "filter"),
        (modal(entry(**CHANNELS, filter={"include": ["all"]})), "filter include"),
        (modal({"type": "input", "label": plain("Time")}), "element: missing"),
    ],
)
def test_a_breach_of_a_view_is_told(bad: Json, said: str) -> None:
    assert said in "\n".join(view_breaches(bad))
