"""Names that nobody has met, made by the patterns of many languages.

A list of famous names teaches the names. Made anew for every story, they teach what stands around them and how such
names are built.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np


def pick(words: list[str], random: np.random.Generator) -> str:
    """One of the words."""
    return words[random.integers(len(words))]


class Inventor:
    """Makes names by the patterns of `patterns.toml`."""

    def __init__(self, surnames: list[str], random: np.random.Generator) -> None:
        patterns = tomllib.loads((Path(__file__).parent / "patterns.toml").read_text(encoding="utf-8"))
        self.tongues = [_lists(tongue) for tongue in patterns["tongue"].values()]
        self.firms, self.papers = _lists(patterns["firm"]), _lists(patterns["paper"])
        self.surnames, self.random = surnames, random

    def _luck(self, chance: float) -> bool:
        return self.random.random() < chance

    def _from(self, words: list[str]) -> str:
        return pick(words, self.random)

    def _tongue(self) -> dict[str, list[str]]:
        return self.tongues[self.random.integers(len(self.tongues))]

    def town(self, tongue: dict[str, list[str]] | None = None) -> str:
        """A lesser place: half of them exist."""
        tongue = tongue or self._tongue()
        if self._luck(0.4):
            return self._from(tongue["towns"])
        return _joined(self._from(tongue["start"]), self._from(tongue["end"]))

    def surname(self) -> str:
        """A surname, of which half are in the lists."""
        if self._luck(0.5):
            return self._from(self.surnames)
        tongue = self._tongue()
        return _joined(self._from(tongue["start"]), self._from(tongue["surname"]))

    def league(self) -> list[str]:
        """The clubs of one country's league."""
        tongue = self._tongue()
        return sorted({self.club(tongue) for _ in range(24)})

    def club(self, tongue: dict[str, list[str]] | None = None) -> str:
        """A club that bears a town's name, or a word of its own."""
        tongue = tongue or self._tongue()
        town, luck = self.town(tongue), self.random.random()
        if luck < 0.5:
            return f"{self._from(tongue['club'])} {town}"
        if luck < 0.75:
            return town
        if luck < 0.8:
            return f"{town}-{self.town(tongue)}"
        if luck < 0.92:
            tail = self._from(tongue["tail"])
            return town.split()[-1] + tail if tail[0].islower() else f"{town} {tail}"
        return _joined(self._from(tongue["start"]), self._from(tongue["end"]))

    def firm(self) -> tuple[str, str]:
        """A company's short name, and what its full name adds to it."""
        luck, firms = self.random.random(), self.firms
        word = self._from(firms["start"]) + self._from(firms["end"])
        if luck < 0.3:
            core = word
        elif luck < 0.42:
            core = f"{self.surname()} {self.surname()}"
        elif luck < 0.45:
            core = f"{self.surname()}-{self.surname()}"
        elif luck < 0.5:
            core = self.surname()
        elif luck < 0.57:
            core = f"{self._letters(2, '.')} {self.surname()}"
        elif luck < 0.65:
            core = self._letters(int(self.random.integers(2, 5)))
        elif luck < 0.78:
            core = f"{self._from([word, self.surname(), self.town()])} {self._from(firms['tail'])}"
        elif luck < 0.92:
            core = f"{self._from(firms['head'])} {self._from([word, self.surname(), self.town()])}"
        else:
            core = f"{self.town()} {self._from([word, self._from(firms['tail'])])}"
        return core, self._from(firms["legal"]) if self._luck(0.45) else ""

    def broker(self) -> str:
        """A bank or a broker, as analysts name their house."""
        luck = self.random.random()
        if luck < 0.35:
            return f"{self.surname()} {self.surname()}"
        if luck < 0.5:
            return f"{self._letters(int(self.random.integers(2, 4)))} {self.surname()}"
        if luck < 0.75:
            return f"{self.surname()} {self._from(self.firms['broker'])}"
        if luck < 0.85:
            return (
                f"{self.surname()} , {self.surname()} & Co"
                if self._luck(0.3)
                else f"{self.surname()} & {self.surname()}"
            )
        return self.firm()[0]

    def paper(self) -> str:
        """A newspaper."""
        if self._luck(0.5):
            return f"{self.town()} {self._from(self.papers['tail'])}"
        return f"{self._from(self.papers['head'])} {self._from(self.papers['word'])}".replace("' ", "'")

    def _letters(self, count: int, after: str = "") -> str:
        return "".join(self._from(list("ABCDEFGHIKLMNOPRSTVWZ")) + after for _ in range(count))


def _lists(table: dict[str, str]) -> dict[str, list[str]]:
    """Beginnings and endings stand apart by blanks, names by bars."""
    return {
        name: text.split() if name in ("start", "end", "surname") else text.split("|") for name, text in table.items()
    }


def _joined(start: str, end: str) -> str:
    """Beginning and ending in one, without the same vowel twice where they meet."""
    if start.endswith("-"):
        return start + end.capitalize()
    return start + (end[1:] if start[-1] == end[0] else end)
