"""What Slack accepts inside a block: texts, controls, options and addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from tests.loopback.slack_payloads import Json

_LIVE = re.compile(r"<[^>]*>?")
_DATE = re.compile(r"<!date\^-?\d+\^[^|<>^]*\{\w+\}[^|<>^]*\|[^|<>]+>\Z")
_LINK = re.compile(r"<https://[^|<>\s]+(\|[^|<>]+)?>\Z")
_BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")


def utf16(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def units(text: str) -> int:
    """The length Slack may count: escaped, in UTF-16 units."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return utf16(escaped)


def control(element: Json) -> Iterator[str]:
    """What is wrong with a button or a menu."""
    kind = element.get("type")
    yield from at_most(element.get("action_id", ""), 255, "action_id")
    if not element.get("action_id"):
        yield f"{kind} action_id: missing"
    if kind == "button":
        yield from _button(element)
    elif kind == "static_select":
        yield from _select(element)
    elif kind == "overflow":
        yield from _options(element.get("options", []), 1, 5)
    else:
        yield f"unknown element {kind!r}"


def _button(element: Json) -> Iterator[str]:
    yield from plain(element.get("text"), "button text", 75)
    yield from at_most(element.get("value", ""), 2000, "button value")
    yield from at_most(element.get("accessibility_label", ""), 75, "accessibility_label")
    if "url" in element:
        yield from https(element["url"], "button url")
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield f"button style: {element['style']!r}"


def _select(element: Json) -> Iterator[str]:
    if "placeholder" in element:
        yield from plain(element["placeholder"], "placeholder", 150)
    groups = element.get("option_groups")
    if (groups is None) == ("options" not in element):
        yield "static_select: exactly one of options and option_groups"
    if groups is None:
        yield from _options(element.get("options", []), 1, 100)
        return
    if not 1 <= len(groups) <= 100:
        yield f"option_groups: {len(groups)} is not 1 to 100"
    for group in groups:
        yield from plain(group.get("label"), "option group label", 75)
        yield from _options(group.get("options", []), 1, 100)


def _options(options: list[Json], least: int, most: int) -> Iterator[str]:
    if not least <= len(options) <= most:
        yield f"options: {len(options)} is not {least} to {most}"
    for option in options:
        yield from plain(option.get("text"), "option text", 75)
        if "description" in option:
            yield from plain(option["description"], "option description", 75)
        value = option.get("value", "")
        if not value:
            yield "option value: missing"
        yield from at_most(value, 150, "option value")


def field(element: Json) -> Iterator[str]:
    """What is wrong with the element of an input block."""
    kind = element.get("type")
    if not element.get("action_id"):
        yield f"{kind} action_id: missing"
    yield from at_most(element.get("action_id", ""), 255, "action_id")
    if "placeholder" in element:
        yield from plain(element["placeholder"], "placeholder", 150)
    if kind == "plain_text_input":
        yield from at_most(element.get("initial_value", ""), 3000, "initial_value")
        yield from encodable(element.get("initial_value", ""), "initial_value")
    elif kind == "static_select":
        yield from _select(element)
        if "initial_option" in element and element["initial_option"] not in element["options"]:
            yield "initial_option: none of the options"
    elif kind in {"external_select", "multi_external_select"}:
        yield from _external(element)
    elif kind == "conversations_select":
        yield from _conversations(element)
    else:
        yield f"unknown input element {kind!r}"


def _external(element: Json) -> Iterator[str]:
    if {"options", "option_groups"} & element.keys():
        yield "external_select: it asks for its options"
    several = element["type"].startswith("multi_")
    if ("initial_option" if several else "initial_options") in element:
        yield f"{element['type']}: another kind of start"
    if several and "initial_options" in element:
        yield from _options(element["initial_options"], 1, 100)
    elif "initial_option" in element:
        yield from _options([element["initial_option"]], 1, 1)
    if not 0 <= element.get("min_query_length", 3) <= 150:
        yield "min_query_length"


def options_breaches(options: Any) -> list[str]:
    """What is wrong with the options that a menu was told."""
    return list(_options(options, 0, 100)) if isinstance(options, list) else ["no list"]


def _conversations(element: Json) -> Iterator[str]:
    if "initial_conversation" in element and "default_to_current_conversation" in element:
        yield "initial_conversation and default_to_current_conversation: one at most"
    known = {"include", "exclude_bot_users", "exclude_external_shared_channels"}
    if not element.get("filter", {"include": 1}) or element.get("filter", {}).keys() - known:
        yield f"filter: {element['filter']!r}"
    if set(element.get("filter", {}).get("include", [])) - {"im", "mpim", "private", "public"}:
        yield f"filter include: {element['filter']['include']!r}"


def text_object(text: Any, name: str, most: int) -> Iterator[str]:
    """What is wrong with a text that may be mrkdwn."""
    if isinstance(text, dict) and text.get("type") == "mrkdwn":
        yield from leaf(text.get("text"), name)
        yield from at_most(text.get("text") or "", most, name)
        if text.get("verbatim") is not True:
            yield f"{name}: mrkdwn without verbatim"
        yield from markup(text.get("text") or "", name)
    else:
        yield from plain(text, name, most)


def plain(text: Any, name: str, most: int) -> Iterator[str]:
    """What is wrong with a plain_text object of at most `most` characters."""
    if not isinstance(text, dict) or text.get("type") != "plain_text":
        yield f"{name}: must be a plain_text object"
        return
    yield from leaf(text.get("text"), name)
    if units(text.get("text") or "") > most:
        yield f"{name}: {units(text['text'])} > {most}"
    if text.get("emoji") is not False:
        yield f"{name}: emoji must be false, or :words: turn into pictures"


def leaf(text: Any, name: str) -> Iterator[str]:
    """What is wrong with a literal text."""
    if not isinstance(text, str) or not text:
        yield f"{name}: empty"
    else:
        yield from encodable(text, name)


def markup(text: str, name: str) -> Iterator[str]:
    """What in a mrkdwn text is not escaped, or live without being a date or an https link."""
    if _BARE_AMPERSAND.search(text):
        yield f"{name}: an ampersand that is not escaped"
    for found in _LIVE.findall(text):
        if not _DATE.match(found) and not _LINK.match(found):
            yield f"{name}: live markup {found!r}"
    if ">" in _LIVE.sub("", text):
        yield f"{name}: a > that is not escaped"


def https(url: Any, name: str) -> Iterator[str]:
    """What is wrong with the address of a link."""
    if not isinstance(url, str) or not url.startswith("https://") or re.search(r"[\s<>|]", url):
        yield f"{name}: {url!r} is not a plain https address"
    elif len(url) > 3000:
        yield f"{name}: longer than 3000"


def encodable(text: str, name: str) -> Iterator[str]:
    """What in a text cannot be sent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        yield f"{name}: a lone surrogate"
    if "\0" in text:
        yield f"{name}: a NUL"


def at_most(text: str, most: int, name: str) -> Iterator[str]:
    """Whether a text is too long."""
    if utf16(text) > most:
        yield f"{name}: {utf16(text)} > {most}"


def repeated(names: Iterable[str | None], kind: str) -> Iterator[str]:
    """The names that are used more than once."""
    counts = Counter(name for name in names if name is not None)
    yield from (f"{kind} {name!r} is used {n} times" for name, n in counts.items() if n > 1)
