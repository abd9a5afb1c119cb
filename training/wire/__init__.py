"""Invented wire copy: sport results, tables, prices and short reports, labelled as they are made.

Real labelled news of this kind is scarce, and it is where a club that bears a place's name must be told from the
place. The stories are templates of our own, filled from lists of names.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
SOCCER = ["england", "england", "scotland", "germany", "italy", "spain", "france", "lowlands", "europe", "americas", "world"]
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
NATIONALITIES = """English Scottish German Italian Spanish French Dutch Belgian Portuguese Austrian Swiss Danish Swedish Norwegian
Finnish Polish Czech Hungarian Romanian Bulgarian Greek Turkish Russian Ukrainian Croatian Serbian Brazilian Argentine
Mexican Colombian Chilean Peruvian Japanese Chinese Korean Thai Indonesian Malaysian Indian Pakistani Bangladeshi Iranian
Iraqi Israeli Egyptian Moroccan Algerian Tunisian Nigerian Ghanaian Kenyan Ugandan Zambian Australian Canadian American
British Irish Welsh Cuban Swazi Maltese Cypriot""".split()
TOURNAMENTS = [f"{a} {b}" for a in "U.S. French Australian Canadian Swiss Italian Romanian Czech Greater Pilot Colonial Dubai".split() for b in ("Open", "Masters", "Classic")]
TYPES = {
    "club": "ORG", "club_r": "ORG", "county": "ORG", "basket": "ORG", "franchise": "ORG", "franchise_city": "ORG",
    "nickname": "ORG", "motor": "ORG", "cycling": "ORG", "company": "ORG", "body": "ORG", "exchange": "ORG", "agency": "ORG",
    "country": "GPE", "city": "GPE", "place": "GPE", "person": "PERSON", "initial": "PERSON", "nationality": "NORP",
    "tournament": "EVENT",
}  # fmt: skip
SLOT = re.compile(r"\{([A-Za-z_]+)((?:\.\w+)*)\}")


@dataclass
class Story:
    """Words with the type of the name that each belongs to, in BIO: `B-ORG`, `I-ORG`, or nothing."""

    words: list[str]
    marks: list[str]

    @property
    def row(self) -> dict[str, Any]:
        """As the labelled files have it; dates and numbers are left to the base model."""
        entities: list[dict[str, Any]] = []
        at = 0
        for word, mark in zip(self.words, self.marks, strict=True):
            if mark.startswith("B"):
                entities.append({"start": at, "end": at + len(word), "class": mark[2:]})
            elif mark:
                entities[-1]["end"] = at + len(word)
            at += len(word) + 1
        return {"text": " ".join(self.words), "entities": entities, "invented": True}


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", " ").split("|") if word.strip()]


class Names:
    """The lists that slots are filled from."""

    def __init__(self) -> None:
        names = tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))
        clubs = tomllib.loads((FOLDER / "clubs.toml").read_text(encoding="utf-8"))
        self.first = names["first"].split()
        # "Da Silva", "Van der Merwe": particles belong to the name after them.
        self.last = re.findall(r"(?:(?:Da|De|Du|Van|der|den) )*\S+", " ".join(names["last"].split()))
        self.countries, self.cities = _listed(names["countries"]), _listed(names["cities"])
        self.clubs = {league: _listed(text) for league, text in clubs.items()}
        self.stories: list[str] = [
            story["text"].strip() for story in tomllib.loads((FOLDER / "stories.toml").read_text(encoding="utf-8"))["story"]
        ]

    def person(self, random: np.random.Generator) -> tuple[str, str]:
        """First and last name."""
        return _pick(self.first, random), _pick(self.last, random)


def _pick(words: list[str], random: np.random.Generator) -> str:
    return words[random.integers(len(words))]


class Writer:
    """Writes one story after the other."""

    def __init__(self, names: Names, places: list[str], random: np.random.Generator) -> None:
        self.names, self.places, self.random = names, places, random

    def story(self) -> Story:
        """A story with fresh names."""
        self.league = self.names.clubs[_pick(SOCCER, self.random)]
        self.drawn: dict[str, tuple[str, str]] = {}
        self.used: set[str] = set()
        story = Story([], [])
        break_lines = self.random.random() < 0.3
        for line in _pick(self.names.stories, self.random).split("\n"):
            times, repeated = 1, line.startswith("*")
            if found := re.match(r"\*(\d*) ", line):
                times, line = int(found[1] or 4), line[found.end() :]
                times = max(1, int(self.random.integers(times // 2, times * 2)))
            for _ in range(times):
                kept = self.drawn
                self.drawn = {} if repeated else kept
                self._line(line, story)
                self.drawn = kept
                if break_lines:
                    self._add(story, "\n", None)
        return story

    def _line(self, line: str, story: Story) -> None:
        for part in re.split(r"(\[\[.*?\]\])", line):
            if part.startswith("[["):
                label, words = part[2:-2].split("|")
                self._add(story, SLOT.sub(lambda found: self._fill(found)[0], words), label)
                continue
            before, initial = " ", False
            for piece in re.split(r"(\{[A-Za-z_.0-9]+\})", part):
                found = SLOT.fullmatch(piece)
                text, label = self._fill(found) if found else (piece, None)
                # What touches a slot is one word with it: "1.{time}".
                glued = bool(piece) and not before.endswith(" ") and not text.startswith(" ")
                self._add(story, text, label, glued, initial)
                initial = bool(found) and found[1] == "initial" or (initial and piece == " ")
                before = text or before

    def _add(self, story: Story, text: str, label: str | None, glued: bool = False, goes_on: bool = False) -> None:
        words = [text] if text == "\n" else text.split()
        if glued and words and story.words:
            story.words[-1] += words.pop(0)
        for place, word in enumerate(words):
            story.words.append(word)
            story.marks.append("" if label is None else f"{'I' if place or goes_on else 'B'}-{label}")

    def _fill(self, found: re.Match[str]) -> tuple[str, str | None]:
        name, tail = found[1], [x for x in found[2].split(".") if x]
        kind, part = name.lower(), next((x.lower() for x in tail if x.lower() in ("last", "first")), None)
        which = next((x for x in tail if x.lower() not in ("last", "first")), "")
        key = f"{kind}.{which}"
        if key not in self.drawn:
            for _ in range(20):
                self.drawn[key] = self._draw(kind)
                if self.drawn[key][1] not in self.used:
                    break
            if kind in TYPES:
                self.used.add(self.drawn[key][1])
        first, last = self.drawn[key]
        if kind in ("n", "score", "set", "count", "time", "minute", "age", "pct", "phone"):
            first, last = self._draw(kind)
        text = last if part == "last" else first if part == "first" else f"{first} {last}".strip()
        capitals = name.isupper() and len(name) > 1
        return text.upper() if capitals else text, TYPES.get(kind)

    def _draw(self, kind: str) -> tuple[str, str]:
        random, clubs = self.random, self.names.clubs
        number = lambda low, high: str(random.integers(low, high))  # noqa: E731
        match kind:
            case "person":
                return self.names.person(random)
            case "initial":
                return "", _pick(list("ABCDEFGHIJKLMNPRSTVW"), random) + "."
            case "country":
                return "", _pick(self.names.countries, random)
            case "city" | "place":
                return "", _pick(self.names.cities if random.random() < 0.6 else self.places, random)
            case "club":
                return "", _pick(self.league, random)
            case "county" | "club_r" | "basket" | "franchise" | "nickname" | "motor" | "cycling" | "company" | "body" | "exchange" | "franchise_city":
                lists = {"county": "counties", "club_r": "rugby", "franchise": "franchises", "nickname": "nicknames", "company": "companies", "body": "bodies", "exchange": "exchanges", "franchise_city": "franchise_cities"}
                return "", _pick(clubs[lists.get(kind, kind)], random)
            case "agency":
                return "", _pick(["Interfax", "Itar-Tass", "Xinhua", "Tanjug", "Anatolian", "Press Trust of India", "Kyodo", "Yonhap", "IRNA", "MENA", "PAP", "Antara", "AFP", "APS"], random)
            case "nationality":
                return "", _pick(NATIONALITIES, random)
            case "tournament":
                return "", _pick(TOURNAMENTS, random)
            case "division":
                return "", _pick(["first division", "premier league", "league", "Cup", "second division"], random)
            case "day":
                return "", _pick(DAYS, random)
            case "month":
                return "", _pick(MONTHS, random)
            case "date":
                return "", f"199{random.integers(3, 9)}-{random.integers(1, 13):02}-{random.integers(1, 29):02}"
            case "ordinal":
                return "", _pick("first second third fourth fifth".split(), random)
            case "score":
                return "", f"{number(0, 12)}-{number(0, 7)}"
            case "set":
                return "", _pick(["6-4", "6-2", "7-5", "7-6 ( 7-3 )", "6-0", "3-6", "4-6", "6-1", "6-3"], random)
            case "count":
                return "", f"{number(1, 60)},{random.integers(0, 999):03}"
            case "time":
                return "", f"{number(9, 80)}.{random.integers(0, 99):02}"
            case "minute":
                return "", number(1, 90)
            case "age":
                return "", number(19, 90)
            case "pct":
                return "", number(300, 700)
            case "phone":
                return "", f"+{number(1, 99)} {number(1, 999)} {number(100, 999)} {number(1000, 9999)}"
            case "n":
                return "", number(0, 100 if random.random() < 0.5 else 12)
        raise ValueError(f"a template asks for an unknown {kind}")
