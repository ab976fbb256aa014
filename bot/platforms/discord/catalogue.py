"""The names and descriptions of commands in other languages.

A file in `locales`, named after a locale of Discord's (`de.json`), has what people there read in
place of each English text. What it leaves out stays English.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location

_LOCALES: Final = Path(__file__).parent / "locales"
#: A name may be of two words in one language and of one in another, so it is kept apart.
_NAMES: Final = frozenset((Location.command_name, Location.group_name, Location.parameter_name))

Catalogue = Mapping[str, Mapping[str, str]]


def read_catalogues(folder: Path = _LOCALES) -> dict[str, Catalogue]:
    """Return the catalogue of each language, by Discord's name of the locale."""
    return {
        file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")
    }


class Translator(app_commands.Translator):
    """Translates from catalogues; what they do not have stays as it is."""

    def __init__(self, catalogues: Mapping[str, Catalogue] | None = None) -> None:
        self._catalogues = read_catalogues() if catalogues is None else catalogues

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return what a text is in a language, if its catalogue says so."""
        kind = "names" if context.location in _NAMES else "texts"
        return self._catalogues.get(locale.value, {}).get(kind, {}).get(string.message)
