"""The home tab: the stories, what changed lately, and what moderators look after; plain dicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bot.domain.reply import Reply
from bot.platforms.slack.modal import Memo
from bot.platforms.slack.render import render_blocks
from bot.platforms.slack.said import without_sharing
from bot.platforms.slack.text import plain_text

Json = dict[str, Any]

#: Action ids of the tab's own controls, beside those that carry words.
ASK_BUTTON: Final = "b1:ask"
CHANNEL_MENU: Final = "b1:channel"

#: Most blocks of each part: Slack takes a hundred in a view.
_PLACES: Final = 23
_ROOM: Final = 8_000
#: More controls than a part may have.
_STRIDE: Final = 200


def render_home(
    parts: Sequence[Reply], channel: str, user: str, moderated: Sequence[Reply] | None
) -> Json:
    """The tab with what everybody gets and, for moderators, a choice of the channel and the rest.

    `channel` is the one whose story and digests are shown; empty for none.
    """
    blocks = [_actions([_button("Ask a Briefing", ASK_BUTTON)])]
    for number, part in enumerate(parts):
        blocks += _part(part, number)
    if moderated is not None:
        blocks += [{"type": "divider"}, _header("For moderators"), _actions([_channels(channel)])]
        for number, part in enumerate(moderated, len(parts)):
            blocks += _part(part, number)
    return {"type": "home", "private_metadata": Memo(channel or user).write(), "blocks": blocks}


def _part(reply: Reply, number: int) -> list[Json]:
    return render_blocks(without_sharing(reply), number * _STRIDE, _PLACES, _ROOM)


def _button(label: str, action_id: str) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain_text(label, 75), "value": "ask"}


def _channels(channel: str) -> Json:
    chosen = {"initial_conversation": channel} if channel else {}
    return {
        "type": "conversations_select",
        "action_id": CHANNEL_MENU,
        "placeholder": plain_text("Choose a channel to look after", 150),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        **chosen,
    }


def _header(text: str) -> Json:
    return {"type": "header", "text": plain_text(text, 150)}


def _actions(controls: list[Json]) -> Json:
    return {"type": "actions", "elements": controls}
