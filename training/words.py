"""Words as the network sees them: rows of the hash tables and of the static vectors.

The embedding looks at a word alone, never at its neighbours, so all that spaCy's hashing does is done once a
distinct word and kept in a growing table. Documents are then nothing but arrays of word numbers.
"""

from __future__ import annotations

import numpy as np
from spacy.attrs import NORM, ORTH, PREFIX, SHAPE, SUFFIX
from spacy.language import Language
from spacy.tokens import Doc

ATTRIBUTES = [NORM, PREFIX, SUFFIX, SHAPE]
HASHES = 4
PAD = 0
"""The word number of the rows of zeros that stand around a document."""


class Words:
    """Every distinct word met so far, with its table rows."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        layers = [layer for layer in nlp.get_pipe("ner").model.walk() if layer.name == "hashembed"]
        self.tables = sorted((layer.attrs["column"], layer.attrs["seed"], layer.get_dim("nV")) for layer in layers)
        self.hash = nlp.get_pipe("ner").model.ops.hash
        self.number: dict[tuple[int, int], int] = {}
        self.text: list[str] = [""]
        self.rows = np.zeros((1, len(ATTRIBUTES), HASHES), np.int32)
        self.vector = np.full(1, -1, np.int32)
        self.capital = np.zeros(1, bool)
        """Whether the word begins with a capital."""
        self._spelled: dict[str, int] = {}

    def of(self, doc: Doc) -> np.ndarray:
        """The word numbers of a document's tokens."""
        return self._numbers(doc.to_array([ORTH, *ATTRIBUTES]))

    def spelled(self, text: str) -> int:
        """The word number of a single token with this spelling."""
        if text not in self._spelled:
            lexeme = self.nlp.vocab[text]
            keys = [[lexeme.orth, lexeme.norm, lexeme.prefix, lexeme.suffix, lexeme.shape]]
            self._spelled[text] = int(self._numbers(np.array(keys, np.uint64))[0])
        return self._spelled[text]

    def __len__(self) -> int:
        return len(self.text)

    def _numbers(self, keys: np.ndarray) -> np.ndarray:
        named = [(int(orth), int(norm)) for orth, norm in keys[:, :2]]
        new: dict[tuple[int, int], int] = {}
        for at, name in enumerate(named):
            if name not in self.number and name not in new:
                new[name] = at
        if new:
            self._add(keys[list(new.values())])
        return np.array([self.number[name] for name in named], np.int32)

    def _add(self, keys: np.ndarray) -> None:
        keys = keys.astype(np.uint64)
        rows = [self.hash(np.ascontiguousarray(keys[:, 1 + column]), seed) % size for column, seed, size in self.tables]
        vectors = self.nlp.vocab.vectors.find(keys=keys[:, 0])
        first = len(self.text)
        self.rows = np.concatenate([self.rows, np.stack(rows, 1).astype(np.int32)])
        self.vector = np.concatenate([self.vector, np.asarray(vectors, np.int32)])
        for at, key in enumerate(keys):
            self.number[int(key[0]), int(key[1])] = first + at
            self.text.append(self.nlp.vocab.strings[int(key[0])])
        capital = [text[:1].isupper() for text in self.text[first:]]
        self.capital = np.concatenate([self.capital, np.array(capital, bool)])
