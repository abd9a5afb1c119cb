"""Labelled documents → other labelled documents: names exchanged, sentences in capitals.

A network that learns from a few hundred articles learns their names by heart. With names exchanged it must read what
stands around them, and it meets many more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .decode import Actions, Span
from .labels import Example
from .wire import Names
from .words import Words


@dataclass(frozen=True)
class Rates:
    """Shares of documents."""

    people: float = 0.35
    places: float = 0.25
    organisations: float = 0.15
    capitals: float = 0.06
    """Documents with a stretch in capitals."""
    lower: float = 0.01


@dataclass
class Pools:
    """Names to exchange for, as word numbers."""

    first: list[int]
    last: list[list[int]]
    places: list[np.ndarray]
    organisations: list[np.ndarray] = field(default_factory=list)

    @classmethod
    def of(cls, names: Names, places: list[str], examples: list[Example], words: Words, actions: Actions) -> Pools:
        """From name lists, the gazetteer and the labelled documents themselves."""
        spell = lambda name: [words.spelled(part) for part in name.split()]  # noqa: E731
        pools = cls(
            [words.spelled(name) for name in names.first],
            [spell(name) for name in names.last],
            [np.array(spell(name), np.int32) for name in places + names.places],
        )
        for example in examples:
            for start, end, label in example.spans:
                name = example.words[start:end]
                if actions.labels[label] == "ORG":
                    pools.organisations.append(name)
                elif actions.labels[label] == "GPE":
                    pools.places.append(name)
        return pools


class Augmenter:
    """Makes a varied copy of a document, or hands it on as it is."""

    def __init__(self, pools: Pools, words: Words, actions: Actions, rates: Rates) -> None:
        self.pools, self.words, self.rates = pools, words, rates
        index = actions.labels.index
        self.person, self.organisation = index("PERSON"), index("ORG")
        self.place = index("GPE")

    def __call__(self, example: Example, random: np.random.Generator) -> Example:
        """A copy of the document. Where teachers gave every token a target, names keep their number of tokens."""
        luck = random.random(4)
        kinds = {
            self.person: luck[0] < self.rates.people,
            self.place: luck[1] < self.rates.places,
            self.organisation: luck[2] < self.rates.organisations,
        }
        if any(kinds.values()):
            example = self._exchanged(example, {label for label, chosen in kinds.items() if chosen}, random)
        if luck[3] < self.rates.capitals:
            return self._cased(example, random, str.upper)
        if luck[3] > 1 - self.rates.lower:
            return self._cased(example, random, str.lower)
        return example

    def _exchanged(self, example: Example, labels: set[int], random: np.random.Generator) -> Example:
        fixed = example.soft is not None
        new: dict[tuple[int, ...], np.ndarray] = {}
        people: dict[int, list[int]] = {}
        words: list[int] = []
        spans: list[Span] = []
        at = 0
        for start, end, label in example.spans:
            words += example.words[at:start].tolist()
            own = example.words[start:end]
            if label in labels:
                if label == self.person:
                    other = self._person(own, people, fixed, random)
                else:
                    other = new.setdefault((label, *own.tolist()), self._other(own, label, random))
                own = own if fixed and len(other) != len(own) else other
            spans.append((len(words), len(words) + len(own), label))
            words += list(own)
            at = end
        words += example.words[at:].tolist()
        return Example(np.array(words, np.int32), spans, np.zeros(0), soft=example.soft)

    def _other(self, own: np.ndarray, label: int, random: np.random.Generator) -> np.ndarray:
        pool = self.pools.places if label == self.place else self.pools.organisations
        other = pool[random.integers(len(pool))]
        if self.words.text[own[0]].isupper() and len(self.words.text[own[0]]) > 3:
            return np.array([self.words.spelled(self.words.text[word].upper()) for word in other], np.int32)
        return other

    def _person(
        self, own: np.ndarray, people: dict[int, list[int]], fixed: bool, random: np.random.Generator
    ) -> list[int]:
        """Each part of a name stands for another one, the same throughout the document."""
        found: list[int] = []
        for place, word in enumerate(own.tolist()):
            text = self.words.text[word]
            if not (text[:1].isupper() and len(text) > 2 and text.isalpha()):
                found.append(word)  # initials, particles, hyphens
                continue
            if word not in people:
                is_first = place == 0 and len(own) > 1
                other = [_pick(self.pools.first, random)] if is_first else _pick(self.pools.last, random)
                other = other[-1:] if fixed else other
                if text.isupper():
                    other = [self.words.spelled(self.words.text[x].upper()) for x in other]
                people[word] = other
            found += people[word]
        return found

    def _cased(self, example: Example, random: np.random.Generator, change: object) -> Example:
        count = len(example.words)
        start = 0 if random.random() < 0.5 else int(random.integers(0, count))
        end = min(count, start + int(random.integers(5, 40)))
        words = example.words.copy()
        words[start:end] = [self.words.spelled(change(self.words.text[word])) for word in words[start:end]]  # type: ignore[operator]
        return Example(words, example.spans, np.zeros(0), example.ignored, example.soft)


def _pick(pool: list, random: np.random.Generator):  # type: ignore[type-arg, no-untyped-def]
    return pool[random.integers(len(pool))]
