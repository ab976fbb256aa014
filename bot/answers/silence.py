"""Silence: answers that begin with what the source does not say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.domain.markdown import to_line
from bot.domain.plain import line_text
from bot.domain.search.text import base

if TYPE_CHECKING:
    from bot.domain.entry import Entry

#: How maintainers write it, by language: a source is the subject, or what reports nothing of it.
#: That somebody in the story did not say or has none is an answer, and must never be taken for it.
_SILENT: Final = {
    language: re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for language, pattern in {
        "en": r"""
            the\ (article|source|report|notice|announcement|text|page|document|transcript)
            s?\ (itself\ )?(
                (does\ not|doesn['’]t|do\ not|don['’]t|did\ not|didn['’]t)\ (yet\ )?
                (say|name|tell|give|define|settle|mention|describe|specify|report|explain|state)
                | (gives?|names?|reports?|mentions?|states?|says?)\ (no|none|nothing|nobody)
            )\b
            | (none|no\ one|nobody|nothing|not)\ that\ the\ (article|source|report|notice)s?
              \ (reports?|names?|mentions?|says?|gives?|describes?)\b""",
        "de": r"""
            (der\ (artikel|bericht|beitrag|text)|die\ (quelle|meldung|mitteilung))
            \ (sagt|nennt|berichtet|erwähnt|erklärt|beschreibt|gibt|macht)
            \ ((das|es|dies|dazu|darüber)\ )?(nicht|nichts|niemanden|kein(e[nrms]?)?)\b
            | (das|dies|dazu|darüber)\ (sagt|nennt|berichtet|erklärt)
            \ (der\ (artikel|bericht|beitrag|text)|die\ (quelle|meldung|mitteilung))\ nichts?\b""",
        "es": r"""
            (el\ (artículo|informe|texto)|la\ (fuente|noticia|nota))\ no\ (lo\ |la\ )?
            (dice|menciona|indica|especifica|explica|define|nombra|da|precisa)\b""",
        "fr": r"""
            (l['’]article|le\ (rapport|texte|communiqué)|la\ source)\ n(e\ |['’])(le\ |la\ |l['’])?
            (dit|mentionne|précise|explique|définit|nomme|donne|indique)\ (pas|rien|aucun)""",
        "it": r"""
            (l['’]articolo|il\ (rapporto|testo|comunicato)|la\ (fonte|notizia))\ non\ (lo\ |la\ )?
            (dice|menziona|specifica|spiega|definisce|nomina|dà|indica|precisa)\b""",
        "nl": r"""
            (het\ (artikel|bericht|verslag)|de\ (bron|tekst|melding))
            \ (zegt|noemt|meldt|vermeldt|geeft|beschrijft)
            \ ((dat|het|dit|daarover)\ )?(niet|niets|niemand|geen)\b""",
        "pt": r"""
            (o\ (artigo|relatório|texto)|a\ (fonte|notícia|reportagem))\ não\ (o\ )?
            (diz|menciona|indica|especifica|explica|define|nomeia|dá)\b""",
    }.items()
}
#: What follows one of these in the same sentence may well be the answer.
_YET: Final = re.compile(
    r"\b(but|though|although|however|except|only|aber|jedoch|sondern|pero|sino|mais|ma|però"
    r"|maar|mas)\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"^.*?[.:;!?](?=\s|$)", re.DOTALL)


def is_silent(entry: Entry, language: str = "en") -> bool:
    """Whether an answer in this language begins by saying that the source does not say."""
    silent = _SILENT.get(base(language))
    text = line_text(to_line(entry.body)).strip()
    found = _SENTENCE.search(text)
    first = found[0] if found else text
    return bool(silent and silent.match(first)) and not _YET.search(first)
