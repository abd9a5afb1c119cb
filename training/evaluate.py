"""Span F1 of persons, places and organisations: exact boundaries, less what corpora disagree about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spacy.tokens import Doc

from .decode import Actions, Decoder, Span
from .labels import SCORED

Found = tuple[int, int, str]
TAILS = ("'s", "’s", " ’ s", " ' s")


def normalised(text: str, found: Iterable[Found]) -> set[Found]:
    """Spans without a leading article, a possessive, outer quotes and stops."""
    out = set()
    for start, end, label in found:
        word = text[start:end]
        if word[:4].lower() == "the ":
            start, word = start + 4, word[4:]
        for tail in TAILS:
            if word.endswith(tail):
                end, word = end - len(tail), word[: -len(tail)]
        stripped = word.rstrip(" .,'’\"”")
        end, word = end - (len(word) - len(stripped)), stripped
        stripped = word.lstrip(" '‘\"“")
        start, word = start + (len(word) - len(stripped)), stripped
        if word:
            out.add((start, end, label))
    return out


class Score:
    """Counts of hits, false alarms and misses by type."""

    def __init__(self) -> None:
        self.counts = {label: [0, 0, 0] for label in ("PER", "LOC", "ORG")}

    def add(self, text: str, gold: Iterable[Found], found: Iterable[Found]) -> None:
        """Counts one document."""
        right, given = normalised(text, gold), normalised(text, found)
        for at, spans in enumerate((right & given, given - right, right - given)):
            for _, _, label in spans:
                self.counts[label][at] += 1

    def f1(self, label: str | None = None) -> float:
        """F1 of one type, or micro F1."""
        chosen = [self.counts[label]] if label else list(self.counts.values())
        hits, false, missed = (sum(count[at] for count in chosen) for at in range(3))
        return 2 * hits / max(1, 2 * hits + false + missed)

    def __str__(self) -> str:
        types = " ".join(f"{label} {self.f1(label):.3f}" for label in self.counts)
        return f"{self.f1():.4f} ({types})"


def gold(row: dict[str, Any]) -> list[Found]:
    """A row's scored spans."""
    return [(e["start"], e["end"], e["label"]) for e in row["entities"]]


def characters(doc: Doc, spans: Iterable[Span], actions: Actions) -> list[Found]:
    """Scored spans of tokens as spans of characters."""
    return [
        (doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), SCORED[actions.labels[label]])
        for start, end, label in spans
        if actions.labels[label] in SCORED
    ]


def score(rows: list[dict[str, Any]], docs: list[Doc], decoder: Decoder) -> Score:
    """Scores a decoder on labelled rows."""
    total = Score()
    decoded = decoder.documents([decoder.words.of(doc) for doc in docs])
    for row, doc, result in zip(rows, docs, decoded, strict=True):
        total.add(row["text"], gold(row), characters(doc, result.spans, decoder.actions))
    return total
