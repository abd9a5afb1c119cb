"""Invented wire copy: sport results, tables, prices, short reports and news of laws, events and products, labelled as
they are made.

Real labelled news of this kind is scarce, and it is where a club that bears a place's name must be told from the
place, and a scheme from the body that runs it. The stories are templates of our own, filled from lists of names.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .invent import Inventor, pick
from .typography import DATELINE, printed

FOLDER = Path(__file__).parent
SOCCER = "england england scotland germany italy spain france lowlands europe americas world".split()
LISTS = {
    "club_r": "rugby",
    "county": "counties",
    "company": "companies",
    "body": "bodies",
    "agency": "agencies",
    "exchange": "exchanges",
    "rater": "raters",
    "franchise": "franchises",
    "franchise_city": "franchise_cities",
    "nickname": "nicknames",
    "country": "countries",
    "nationality": "nationalities",
    "tournament": "tournaments",
    "division": "divisions",
    "day": "days",
    "month": "months",
    "ordinal": "ordinals",
    "set": "sets",
    "team_place": "franchise_cities",
    "us_city": "us_cities",
    "us_state": "states",
    "state": "states",
    "letters": "team_letters",
    "model": "models",
    "party_kind": "party_kinds",
    "index": "indices",
    "currency": "currencies",
    "sky": "skies",
    "cargo": "cargoes",
    "beats": "beats",
    "beats_c": "beats_capitals",
    "initial": "initials",
    "basket": "basket",
    "motor": "motor",
    "cycling": "cycling",
    **{
        name: name
        for name in (
            "theme theme_small law law_pact scheme scheme_full yojana yojana_full native native_place people acronym"
            " acronym_org orgword party ngo militia title startup product aircraft vaccine airline paper region art"
        ).split()
    },
}
"""Slots that are filled from a list, with the list's name."""

ORGANISATIONS = (
    "club club_r county basket franchise franchise_city nickname motor cycling company body exchange agency"
    " party ngo militia startup airline paper rater firm broker letters"
)
KEPT = set(
    "day date month theme law law_pact scheme native people acronym orgword title product vaccine ship index"
    " cargo".split()
)
"""Slots without a type that stay the same throughout a story, as those with one do: numbers are drawn afresh."""
TYPES = {
    **dict.fromkeys(ORGANISATIONS.split(), "ORG"),
    **dict.fromkeys(
        ("country", "city", "place", "town", "state", "us_state", "team_place", "us_city", "native_place"), "GPE"
    ),
    **dict.fromkeys(("person", "initial", "horse"), "PERSON"),
    "nationality": "NORP",
    "tournament": "EVENT",
}
PRINTED = 0.33
"""The share of stories in the typography of newspapers; the rest stands in words parted by blanks."""
BREAK = "¶"
"""In a template, a line's end within what is repeated as one line."""
SLOT = re.compile(r"\{([A-Za-z_]+)((?:\.\w+)*)\}")


@dataclass
class Story:
    """Words with the type of the name that each belongs to, in BIO: `B-ORG`, `I-ORG`, or nothing."""

    words: list[str]
    marks: list[str]
    blanks: list[bool] | None = None
    """Whether a blank follows each word; without them one follows every word."""

    @property
    def row(self) -> dict[str, Any]:
        """As the labelled files have it; dates and numbers are left to the base model."""
        entities: list[dict[str, Any]] = []
        text = ""
        blanks = self.blanks or [True] * len(self.words)
        for word, mark, blank in zip(self.words, self.marks, blanks, strict=True):
            if mark.startswith("B"):
                entities.append({"start": len(text), "end": len(text) + len(word), "class": mark[2:]})
            elif mark:
                entities[-1]["end"] = len(text) + len(word)
            text += word + " " * blank
        return {"text": text.rstrip(" "), "entities": entities, "invented": True}


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", " ").split("|") if word.strip()]


class Names:
    """The lists that slots are filled from."""

    def __init__(self) -> None:
        names, clubs, *stories = (
            tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
            for name in ("names", "clubs", "stories", "news", "sport", "business", "agency")
        )
        self.first = names.pop("first").split()
        # "Da Silva", "Van der Merwe": particles belong to the name after them.
        self.last = re.findall(r"(?:(?:Da|De|Du|Van|der|den) )*\S+", " ".join(names.pop("last").split()))
        self.lists = {name: _listed(text) for name, text in (names | clubs).items()}
        self.stories: list[str] = [story["text"].strip() for file in stories for story in file["story"]]

    @property
    def places(self) -> list[str]:
        """Countries and well-known cities."""
        return self.lists["countries"] + self.lists["cities"]

    def person(self, random: np.random.Generator) -> tuple[str, str]:
        """First and last name."""
        return pick(self.first, random), pick(self.last, random)


class Writer:
    """Writes one story after the other."""

    def __init__(self, names: Names, places: list[str], random: np.random.Generator) -> None:
        self.names, self.places, self.random = names, places, random
        self.inventor = Inventor(names.last, random)

    def story(self) -> Story:
        """A story with fresh names."""
        self.league = self.names.lists[pick(SOCCER, self.random)] if self._luck(0.45) else self.inventor.league()
        self.drawn: dict[str, tuple[str, str]] = {}
        self.used: set[str] = set()
        story = Story([], [])
        as_printed = self._luck(PRINTED)
        self.break_lines = self._luck(0.85 if as_printed else 0.3)
        dated = self._luck(0.7 if as_printed else 0.1)
        for line in pick(self.names.stories, self.random).split("\n"):
            times, repeated = 1, line.startswith("*")
            if found := re.match(r"\*(\d*) ", line):
                times, line = int(found[1] or 4), line[found.end() :]
                times = max(1, int(self.random.integers(times // 2, times * 2)))
            goes_on = dated and line.endswith(" {date}")
            if goes_on:
                line = line.removesuffix(" {date}") + pick(DATELINE, self.random)
            for _ in range(times):
                kept = self.drawn
                self.drawn = {} if repeated else kept
                self._line(line, story)
                self.drawn = kept
                if self.break_lines and not goes_on:
                    self._add(story, "\n", None)
        return printed(story, self.random) if as_printed else story

    def _luck(self, chance: float) -> bool:
        return self.random.random() < chance

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
            if label and words and not story.marks[-1]:
                story.marks[-1], goes_on = f"B-{label}", True  # "1-Carlos Vogel"
        for place, word in enumerate(words):
            if word == BREAK:
                if not self.break_lines:
                    continue
                word = "\n"
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
                # A place and the club that bears its name may stand in one story.
                name_of = f"{TYPES.get(kind)} {self.drawn[key][0 if kind == 'firm' else 1]}"
                if name_of not in self.used:
                    break
            if kind in TYPES or kind in KEPT:
                self.used.add(name_of)
        first, last = self.drawn[key]
        if kind not in TYPES and kind not in KEPT:
            first, last = self._draw(kind)  # numbers are never the same twice
        text = last if part == "last" else first if part == "first" else f"{first} {last}".strip()
        capitals = name.isupper() and len(name) > 1
        return text.upper() if capitals else text, TYPES.get(kind)

    def _draw(self, kind: str) -> tuple[str, str]:
        """First and last name of a person, short name and ending of a company; of all else only a last name."""
        lists, random = self.names.lists, self.random
        match kind:
            case "person":
                first, last = self.names.person(random)
                return first, self.inventor.surname() if self._luck(0.3) else last
            case "town":
                return "", pick(lists["towns"], random) if self._luck(0.3) else self.inventor.town()
            case "city" | "place":
                if self._luck(0.25):
                    return self._draw("town")
                return "", pick(lists["cities"] if self._luck(0.6) else self.places, random)
            case "club":
                return "", pick(self.league, random)
            case "club_r" | "basket" if self._luck(0.35):
                return "", self.inventor.club()
            case "company" | "cycling" | "startup" if self._luck(0.5):
                return "", self.inventor.firm()[0]
            case "franchise" | "nickname" if self._luck(0.2):
                pack = pick(lists["packs"], random)
                return "", f"{pick(lists['franchise_cities'], random)} {pack}" if kind == "franchise" else pack
            case "state" if self._luck(0.3):
                return "", pick(lists["dateline_states"], random)
            case "tournament" if self._luck(0.5):
                where = pick(
                    [self._draw("city")[1], self.inventor.town(), pick(lists["nationalities"], random)], random
                )
                return "", f"{where} {pick(lists['contests'], random)}"
            case "firm":
                return self.inventor.firm()
            case "broker":
                return "", self.inventor.broker()
            case "paper" if self._luck(0.5):
                return "", self.inventor.paper()
            case "horse" | "ship":
                first, second = pick(lists[f"{kind}_first"], random), pick(lists[f"{kind}_second"], random)
                return "", f"{first} {second}" if self._luck(0.9) else first
        if kind in LISTS:
            return "", pick(lists[LISTS[kind]], random)
        return "", self._number(kind)

    def _number(self, kind: str) -> str:
        def number(low: int, high: int) -> int:
            return int(self.random.integers(low, high))

        match kind:
            case "n":
                return str(number(0, 100 if number(0, 2) else 12))
            case "date":
                return f"199{number(3, 9)}-{number(1, 13):02}-{number(1, 29):02}"
            case "score":
                return f"{number(0, 12)}-{number(0, 7)}"
            case "count":
                return f"{number(1, 60)},{number(0, 999):03}"
            case "time":
                return f"{number(9, 80)}.{number(0, 99):02}"
            case "minute":
                return str(number(1, 90))
            case "age":
                return str(number(19, 90))
            case "pct":
                return str(number(300, 700))
            case "dom":
                return str(number(1, 32))
            case "small":
                return str(number(1, 10))
            case "year":
                return f"19{number(87, 99)}"
            case "cents":
                return f"{number(0, 6)}.{number(0, 99):02}"
            case "rate":
                return f"{number(0, 160)}.{number(1000, 9999)}"
            case "million":
                return f"{number(1, 900)},{number(0, 999):03},{number(0, 999):03}"
            case "fraction":
                return f"{number(1, 90)}-{number(1, 7)}/8"
            case "odds":
                return f"{number(1, 34)}-{number(1, 5)}"
            case "phone":
                return f"+{number(1, 99)} {number(1, 999)} {number(100, 999)} {number(1000, 9999)}"
        raise ValueError(f"a template asks for an unknown {kind}")
