"""Pages and forms as discord.py sends them: our own components, not rebuilt from its classes."""

from __future__ import annotations

from typing import Any

import discord

from bot.domain.reply import Reply
from bot.platforms.discord.render import render


class Message(discord.ui.LayoutView):
    """One page. Its controls are dynamic items, so the library has nothing to remember for it."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(timeout=None)
        self._components: list[dict[str, Any]] = render(reply)["components"]

    def to_components(self) -> list[dict[str, Any]]:
        """Return the components as they were rendered."""
        return self._components

    def has_components_v2(self) -> bool:
        """Every page is of version 2."""
        return True

    def is_finished(self) -> bool:
        """Say that nothing is awaited, or the library would keep the page for 15 minutes."""
        return True


class Plain(discord.ui.View):
    """The rows of controls of a plain message."""

    def __init__(self, components: list[dict[str, Any]]) -> None:
        super().__init__(timeout=None)
        self._components = components

    def to_components(self) -> list[dict[str, Any]]:
        """Return the components as they were made."""
        return self._components

    def is_finished(self) -> bool:
        """Say that nothing is awaited."""
        return True


class Dialog(discord.ui.Modal):
    """A form. What is submitted tells all by itself, so the library has nothing to remember."""

    def __init__(self, modal: dict[str, Any]) -> None:
        super().__init__(title=modal["title"], custom_id=modal["custom_id"])
        self._rows: list[dict[str, Any]] = modal["components"]

    def to_components(self) -> list[dict[str, Any]]:
        """Return the fields as they were made."""
        return self._rows

    def is_finished(self) -> bool:
        """Say that nothing is awaited, or the library would keep the form for ever."""
        return True
