"""Labelled corpora → OntoNotes types on tokens.

Each corpus has its own classes and its own gaps. What it annotates is taken from it; types that it does not know
(dates, numbers, laws, …) are kept as the base model finds them, so that they are not unlearnt; where a class is
wider than a type ("Location", "Misc") the base model chooses among the types that it may stand for.

Boundaries: a lower-case "the" before a name and a possessive after it do not belong to the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from .decode import Actions, Decoded, Decoder, Span
from .words import Words

SCORED = {"PERSON": "PER", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "ORG": "ORG"}

MISC = ("EVENT", "WORK_OF_ART", "LAW", "PRODUCT", "LANGUAGE", "NORP")
MAY_BE: dict[str, tuple[str, ...]] = {
    "Person": ("PERSON",),
    "person": ("PERSON",),
    "politician": ("PERSON",),
    "PER": ("PERSON",),
    "Organization": ("ORG",),
    "organisation": ("ORG",),
    "politicalparty": ("ORG",),
    "ORG": ("ORG",),
    "Location": ("GPE", "LOC", "FAC"),
    "LOC": ("GPE", "LOC", "FAC"),
    "location": ("GPE", "LOC", "FAC"),
    "country": ("GPE",),
    "Facility": ("FAC",),
    "NORP": ("NORP",),
    "Product": ("PRODUCT",),
    "Misc": MISC[:-1],  # this corpus has demonyms apart
    "MISC": MISC,
    "misc": MISC,
    "election": ("EVENT",),
    "event": ("EVENT",),
    # Invented text names the types themselves.
    **{name: (name,) for name in ("PERSON", "GPE", "FAC", "EVENT", "LAW", "WORK_OF_ART", "PRODUCT")},
}
"""Types that a corpus' class can stand for. "Date" and "Money" are left to the base model, which is finer."""

SAYS = {
    **dict.fromkeys(
        "Act Bill Law Code Constitution Treaty Agreement Accord Accords Pact Convention Protocol Amendment Charter"
        " Covenant Resolution Declaration Ordinance Directive Statute Decree Regulation Regulations Rules Policy Plan"
        " Scheme Programme Program Project Initiative Strategy Vision Framework Budget Package Doctrine Yojana".split(),
        "LAW",
    ),
    **dict.fromkeys(
        "Day Week Month Year Festival Cup Games Olympics Championship Championships Open Prix Tour Marathon Rally War"
        " Wars Battle Revolution Summit Conference Congress Forum Expo Fair Show Operation Election Elections"
        " Referendum Protest Protests March Movement Carnival Tournament Trophy Derby Biennale"
        " Ceremony Uprising Hurricane Cyclone"
        " Typhoon Massacre Genocide Mission Campaign Crisis Race Series Final Finals".split(),
        "EVENT",
    ),
    **dict.fromkeys(
        "Award Awards Prize Report Review Index Medal Oscar Grammy Album Song Novel Bible Quran Koran".split(),
        "WORK_OF_ART",
    ),
    **dict.fromkeys("Airbus Boeing Covid-19 Covaxin Sinopharm Bitcoin iPhone Android Windows".split(), "PRODUCT"),
}
"""Words that end a name of one of the `MISC` types and say which it is. Without them the base model's guesses scatter
what is one thing to a reader over five types, of which none then stands against ORG."""

COUNTED = {"DATE", "TIME", "CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "MONEY"}
"""Types of the base model that stay in invented text, which says everything else."""

KEPT = COUNTED | {"LAW", "LANGUAGE", "EVENT", "WORK_OF_ART", "PRODUCT"}
"""Types of the base model that stay where a corpus says nothing."""


@dataclass
class Example:
    """A document as the trainer wants it."""

    words: np.ndarray
    spans: list[Span]
    spaces: np.ndarray
    """Whether a blank follows each token."""
    ignored: set[int] = field(default_factory=set)
    """Tokens whose action nobody knows."""
    soft: tuple[np.ndarray, np.ndarray] | None = None
    """What teachers think: see `Decoded`."""


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def tokenized(nlp: Language, texts: Iterable[str]) -> list[Doc]:
    """Documents with tokens only."""
    return [nlp.make_doc(text) for text in texts]


def examples(labelled: list[dict[str, Any]], nlp: Language, words: Words, base: Decoder) -> list[Example]:
    """A corpus' rows, with types mapped and gaps filled by the base model."""
    docs = tokenized(nlp, (row["text"] for row in labelled))
    numbers = [words.of(doc) for doc in docs]
    base = Decoder(base.voters, words, base.actions)
    return [
        _example(row, doc, number, decoded, base.actions)
        for row, doc, number, decoded in zip(labelled, docs, numbers, base.documents(numbers), strict=True)
    ]


def _example(row: dict[str, Any], doc: Doc, words: np.ndarray, decoded: Decoded, actions: Actions) -> Example:
    gold: list[Span] = []
    for entity in [*row["entities"], *row.get("other", [])]:
        types = MAY_BE.get(entity["class"])
        tokens = _tokens(doc, entity["start"], entity["end"]) if types else None
        if tokens and not any(start < tokens[1] and tokens[0] < end for start, end, _ in gold):
            gold.append((*tokens, _choose(types, tokens, doc[tokens[1] - 1].text, decoded, actions)))
    taken = {at for start, end, _ in gold for at in range(start, end)}
    silver = [
        (start, end, label)
        for start, end, label in decoded.spans
        if actions.labels[label] in (COUNTED if row.get("invented") else KEPT) and taken.isdisjoint(range(start, end))
    ]
    spaces = np.array([bool(token.whitespace_) for token in doc])
    return Example(words, sorted(gold + silver), spaces)


def _tokens(doc: Doc, start: int, end: int) -> tuple[int, int] | None:
    """The tokens of a labelled stretch of text, without what does not belong to the name."""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None:
        return None
    first, last = span.start, span.end
    while last - first > 1 and doc[last - 1].text in {"'s", "’s", "'", "’", '"', "”", ","}:
        last -= 1
    while last - first > 1 and doc[first].text in {"the", '"', "“", "'", "‘"}:
        first += 1
    return first, last


def _choose(types: tuple[str, ...], tokens: tuple[int, int], last: str, decoded: Decoded, actions: Actions) -> int:
    """Of the types that a class may stand for, the one that the name's last word says, or that the base model found
    there or finds likeliest."""
    allowed = [actions.labels.index(name) for name in types]
    if len(allowed) == 1:
        return allowed[0]
    names = {actions.labels[label]: label for label in allowed}
    if "EVENT" in names and (said := SAYS.get(last)):
        return names[said]
    for start, end, label in decoded.spans:
        if start < tokens[1] and tokens[0] < end and label in allowed:
            # A demonym within a longer name does not make the whole one.
            if label != names.get("NORP") or (start, end) == tokens:
                return label
    allowed = [label for label in allowed if label != names.get("NORP") or tokens[1] - tokens[0] == 1]
    count = len(actions.labels)
    kind = 0 if tokens[1] - tokens[0] > 1 else count
    likely = decoded.closed[tokens[0]][np.array(allowed) + kind].copy()
    if "GPE" in types:
        likely[0] += 0.1  # The base model is unsure here, and most unknown places are inhabited ones.
    return allowed[int(likely.argmax())]
