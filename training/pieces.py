"""Tokens → the word pieces of a BERT vocabulary, and windows of them that a transformer reads at once."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .words import Words


@dataclass(frozen=True)
class Marks:
    """Numbers of a vocabulary's own pieces."""

    start: int
    end: int
    mask: int
    unknown: int
    pad: int


BERT = Marks(start=101, end=102, mask=103, unknown=100, pad=0)
MPNET = Marks(start=0, end=2, mask=30526, unknown=104, pad=1)
LONGEST = 6
"""Pieces of one token at most: what follows says little."""
CASES = 16


def case(text: str, first: bool) -> int:
    """How a token is written, which an uncased vocabulary does not say; 0 is left to the padding."""
    if text.isupper():
        kind = 1 if len(text) == 1 else 2
    elif text[:1].isupper():
        kind = 3 if text[1:].islower() or len(text) == 1 else 4
    elif text.islower():
        kind = 5
    elif any(letter.isupper() for letter in text):
        kind = 6
    else:
        kind = 7
    return 2 * kind + int(first) - 1


class Pieces:
    """Greedy longest-match pieces of single tokens, kept by word number."""

    def __init__(self, tokenizer: Path, words: Words, marks: Marks = BERT) -> None:
        self.vocabulary: dict[str, int] = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
        self.words, self.marks = words, marks
        self._of: dict[int, list[int]] = {}

    def of(self, word: int) -> list[int]:
        """The pieces of a word."""
        if word not in self._of:
            plain = unicodedata.normalize("NFD", self.words.text[word].lower())
            plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
            self._of[word] = [x for part in _parts(plain) for x in self._match(part)][:LONGEST] or [self.marks.unknown]
        return self._of[word]

    def _match(self, text: str) -> list[int]:
        found, start = [], 0
        while start < len(text):
            mark = "##" if start else ""
            end = next((e for e in range(len(text), start, -1) if mark + text[start:e] in self.vocabulary), None)
            if end is None:
                return [self.marks.unknown]
            found.append(self.vocabulary[mark + text[start:end]])
            start = end
        return found


def _parts(text: str) -> list[str]:
    """BERT splits at every mark, spaCy does not."""
    parts, current = [], ""
    for letter in text:
        if letter.isspace() or not (letter.isalnum() or ord(letter) > 0x2FFF):
            parts += [current] if current else []
            parts += [] if letter.isspace() else [letter]
            current = ""
        else:
            current += letter
    return parts + ([current] if current else [])


@dataclass
class Window:
    """A run of a document's tokens as pieces."""

    document: int
    first: int
    """The document's token where it starts."""
    ids: np.ndarray
    cases: np.ndarray
    heads: np.ndarray
    """The place of each token's first piece."""


def windows(document: int, words: np.ndarray, pieces: Pieces, length: int, overlap: int = 0) -> list[Window]:
    """Windows of at most `length` pieces, each starting `overlap` tokens before the last one's end."""
    found, at = [], 0
    while at < len(words):
        ids, cases, heads, token = [pieces.marks.start], [0], [], at
        while token < len(words):
            own = pieces.of(int(words[token]))
            if len(ids) + len(own) >= length:
                break
            heads.append(len(ids))
            text = pieces.words.text[words[token]]
            ids += own
            cases += [case(text, place == 0) for place in range(len(own))]
            token += 1
        found.append(Window(document, at, np.array([*ids, pieces.marks.end]), np.array([*cases, 0]), np.array(heads)))
        if token == len(words):
            break
        at = max(at + 1, token - overlap)
    return found
