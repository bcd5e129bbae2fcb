"""Words in both languages of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Chinese and English; a missing language falls back to the other.

    Examples
    --------
    >>> Text("万州区", "Wanzhou").in_("en")
    'Wanzhou'
    >>> Text("万州区", "").in_("en")
    '万州区'
    """

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the text in `lang`, or in the other language where it is missing."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)

    def __str__(self) -> str:
        return self.zh if self.zh == self.en or not self.en else f"{self.zh} {self.en}".strip()
