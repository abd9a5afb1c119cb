"""Documents → batches of one fixed shape, with the gold states and actions of every token.

Documents are cut into pieces, of some hundred tokens, or several hundred where a network recalls within them. A piece carries `MARGIN` tokens of its neighbours on each side,
so that its own tokens see what they will see when the document is whole; a document's ends carry rows of zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .decode import Actions, vectors_of
from .labels import Example
from .net import MARGIN, Inputs, Whole
from .words import Words


class Targets(NamedTuple):
    """What should be done at each token."""

    closed: Any  # [tokens, 37]: distribution over the closed actions
    inside: Any  # [tokens]: the class of I where an entity is open
    goes_on: Any  # [tokens]: probability that the open entity goes on
    valid: Any  # [tokens, 37]: which closed actions are valid
    weight: Any  # [tokens]


@dataclass(frozen=True)
class Shape:
    """Sizes of a batch."""

    tokens: int = 2176
    words: int = 1408
    piece: int = 120


@dataclass(frozen=True)
class WordDropout:
    """Shares of a batch's words of which something is hidden, so that their spelling and context must do."""

    vector: float = 0.0
    """The static vector alone."""
    whole: float = 0.0
    """The vector and the word's own row: what is left are prefix, suffix and shape."""
    shape: float = 0.0
    """The row of the shape."""


@dataclass
class _Piece:
    example: Example
    start: int
    end: int


def pieces(examples: list[Example], size: int, random: np.random.Generator) -> list[_Piece]:
    """Cuts documents at random places."""
    found = []
    for example in examples:
        count = len(example.words)
        parts = max(1, round(count / size))
        cuts = np.linspace(0, count, parts + 1)
        cuts[1:-1] += random.uniform(-0.3, 0.3, parts - 1) * size if parts > 1 else 0
        cuts = cuts.astype(int)
        found += [_Piece(example, a, b) for a, b in zip(cuts[:-1], cuts[1:], strict=True) if b > a]
    return found


def batches(
    examples: list[Example],
    weights: list[float],
    words: Words,
    actions: Actions,
    shape: Shape,
    dropout: WordDropout,
    random: np.random.Generator,
) -> Iterator[tuple[Inputs, Targets]]:
    """One pass over the documents in random order."""
    weight = {id(example): w for example, w in zip(examples, weights, strict=True)}
    cut = pieces(examples, shape.piece, random)
    group: list[_Piece] = []
    total, distinct = MARGIN, set()
    space = np.array([text.isspace() for text in words.text])
    for at in random.permutation(len(cut)):
        piece = cut[at]
        size = piece.end - piece.start + 2 * MARGIN
        own = set(piece.example.words[max(0, piece.start - MARGIN) : piece.end + MARGIN].tolist())
        if group and (total + size > shape.tokens or len(distinct | own) + 1 > shape.words):
            yield _batch(group, weight, words, actions, shape, dropout, random, space)
            group, total, distinct = [], MARGIN, set()
        group.append(piece)
        total += size
        distinct |= own
    if group:
        yield _batch(group, weight, words, actions, shape, dropout, random, space)


def _batch(
    group: list[_Piece],
    weight: dict[int, float],
    words: Words,
    actions: Actions,
    shape: Shape,
    dropout: WordDropout,
    random: np.random.Generator,
    space: np.ndarray,
) -> tuple[Inputs, Targets]:
    labels, n = len(actions.labels), shape.tokens
    flat = np.zeros(n, np.int32)
    start, is_open = np.zeros(n, np.int32), np.zeros(n, np.float32)
    closed = np.zeros((n, 2 * labels + 1), np.float32)
    valid = np.ones((n, 2 * labels + 1), bool)
    inside, goes_on, used = np.zeros(n, np.int32), np.zeros(n, np.float32), np.zeros(n, np.float32)
    document = np.zeros(n, np.int32)
    offset = 0
    for number, piece in enumerate(group, 1):
        example = piece.example
        count = len(example.words)
        low, high = max(0, piece.start - MARGIN), min(count, piece.end + MARGIN)
        own = offset + MARGIN - piece.start  # where the document's token 0 would be
        flat[own + low : own + high] = example.words[low:high]
        document[own + low : own + high] = number
        body = slice(own + piece.start, own + piece.end)
        used[body] = weight[id(example)]
        closed[body, 2 * labels] = 1.0
        if piece.end == count:
            valid[own + count - 1, :labels] = False
        for first, end, label in example.spans:
            if end <= piece.start or first >= piece.end:
                continue
            if first < piece.start:
                used[own + piece.start : own + min(end, piece.end)] = 0.0
                continue
            here = own + first
            closed[here] = 0.0
            closed[here, label + (labels if end - first == 1 else 0)] = 1.0
            for token in range(first + 1, min(end, piece.end)):
                at = own + token
                start[at], is_open[at], inside[at] = here, 1.0, label
                goes_on[at] = float(token < end - 1)
                if example.soft is not None:
                    goes_on[at] = example.soft[1][token]
        if example.soft is not None:
            closed[body] = example.soft[0][piece.start : piece.end]
        for token in example.ignored:
            if piece.start <= token < piece.end:
                used[own + token] = 0.0
        offset += MARGIN + piece.end - piece.start + MARGIN
    valid[space[flat], : 2 * labels] = False
    closed *= valid
    closed /= np.maximum(closed.sum(axis=1, keepdims=True), 1e-6)
    distinct, word = np.unique(flat, return_inverse=True)
    rows, vectors = _words(distinct, words, shape, dropout, random)
    whole = Whole.of(flat, document, words.capital)
    inputs = Inputs(rows, vectors, word.astype(np.int32), (flat > 0).astype(np.float32), start, is_open, whole)
    return inputs, Targets(closed, inside, goes_on, valid, used)


def _words(
    distinct: np.ndarray, words: Words, shape: Shape, dropout: WordDropout, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    rows = words.rows[distinct].copy()
    vectors = vectors_of(words, distinct).copy()
    luck = random.random(len(distinct))
    whole = luck < dropout.whole
    # A word never met has some row all the same: that of other words.
    rows[whole, 0] = random.integers(0, words.tables[0][2], (int(whole.sum()), rows.shape[2]))
    vectors[luck < dropout.whole + dropout.vector] = 0.0
    other = random.random(len(distinct)) < dropout.shape
    rows[other, 3] = random.integers(0, words.tables[3][2], (int(other.sum()), rows.shape[2]))
    missing = shape.words - len(distinct)
    return np.pad(rows, ((0, missing), (0, 0), (0, 0))), np.pad(vectors, ((0, missing), (0, 0)))
