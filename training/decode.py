"""Greedy decoding of one network or of several that vote, with spaCy's rules of which action is valid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from spacy.language import Language

from . import net
from .net import DOCUMENTS, MARGIN, Parameters, Whole
from .words import Words


@dataclass(frozen=True)
class Actions:
    """The transition system's actions by kind; `labels` in spaCy's order."""

    labels: list[str]
    begin: np.ndarray
    inside: np.ndarray
    last: np.ndarray
    unit: np.ndarray
    out: int

    @classmethod
    def of(cls, nlp: Language) -> Actions:
        """spaCy's actions: B, I, L and U of every label, a U without one that is never valid, and O."""
        moves = nlp.get_pipe("ner").moves
        labels = [name[2:] for name in nlp.get_pipe("ner").move_names if name.startswith("B-")]
        kinds = [np.arange(len(labels)) + kind * len(labels) for kind in range(4)]
        assert [moves.get_class_name(int(k[-1]))[:2] for k in kinds] == ["B-", "I-", "L-", "U-"]
        assert moves.get_class_name(moves.n_moves - 1) == "O"
        return cls(labels, *kinds, moves.n_moves - 1)

    @property
    def closed(self) -> np.ndarray:
        """Actions that are valid while no entity is open: B-…, U-…, O."""
        return np.concatenate([self.begin, self.unit, [self.out]])


Span = tuple[int, int, int]
"""First token, token after the last, label."""


@dataclass
class Decoded:
    """A document's spans, and what the voters thought on the way there."""

    spans: list[Span]
    closed: np.ndarray
    """[tokens, 37]: probabilities of the closed actions, whatever the state."""
    goes_on: np.ndarray
    """[tokens]: probability of I against L where an entity was open, else 0."""


class Decoder:
    """Several networks' parameters, applied to documents given as word numbers."""

    def __init__(self, voters: list[Parameters], words: Words, actions: Actions) -> None:
        self.voters, self.words, self.actions = voters, words, actions

    def documents(
        self, documents: list[np.ndarray], tagged: list[np.ndarray] | None = None, share: float = 0.5
    ) -> list[Decoded]:
        """Decodes documents, many in one product.

        A tagger may vote as well: it gives `tagged` (B, I, L and U of every label, and O) and has this share.
        """
        results: list[Decoded] = []
        for group in _groups(documents, 12_000):
            results += self._group(group, None if tagged is None else tagged[len(results) :], share)
        return results

    def _group(self, documents: list[np.ndarray], tagged: list[np.ndarray] | None, share: float) -> list[Decoded]:
        flat = _flat(documents, 12_500)
        distinct, word = np.unique(flat, return_inverse=True)
        distinct = np.concatenate([distinct, np.zeros(-len(distinct) % 2048, np.int32)])
        rows, vectors = self.words.rows[distinct], vectors_of(self.words, distinct)
        real = (flat > 0).astype(np.float32)
        number = np.zeros(len(flat), np.int32)
        at = MARGIN
        for which, document in enumerate(documents, 1):
            number[at : at + len(document)] = which
            at += len(document) + MARGIN
        whole = Whole.of(flat, number, self.words.capital)
        tokens, closed = [], np.zeros((len(flat), len(self.actions.closed)), np.float32)
        for voter in self.voters:
            encoded, scores = net.project(voter, rows, vectors, word, real, whole)
            tokens.append(np.asarray(encoded))
            closed += softmax(np.asarray(scores)[:, self.actions.closed]) / len(self.voters)
        results, at = [], MARGIN
        for number, document in enumerate(documents):
            span = slice(at, at + len(document))
            tags = None if tagged is None else tagged[number].astype(np.float32)
            results.append(self._walk(document, [t[span] for t in tokens], closed[span], tags, share))
            at += len(document) + MARGIN
        return results

    def _walk(
        self, document: np.ndarray, tokens: list[np.ndarray], closed: np.ndarray, tags: np.ndarray | None, share: float
    ) -> Decoded:
        count, labels = len(document), len(self.actions.labels)
        if tags is not None:
            # Inside an entity that was not opened the only thing left to do is nothing.
            rest = tags[:, labels : 3 * labels].sum(axis=1, keepdims=True) + tags[:, -1:]
            own = np.concatenate([tags[:, :labels], tags[:, 3 * labels : 4 * labels], rest], axis=1)
            closed = (1 - share) * closed + share * own
        allowed = closed.copy()
        allowed[[self.words.text[word].isspace() for word in document], : 2 * labels] = 0
        allowed[-1:, :labels] = 0
        best = allowed.argmax(axis=1)
        goes_on = np.zeros(count, np.float32)
        spans: list[Span] = []
        at = 0
        while at < count:
            start, choice = at, int(best[at])
            at += 1
            if choice == 2 * labels:
                continue
            label = choice % labels
            if choice < labels:
                while at < count:
                    goes_on[at] = 0.0 if at == count - 1 else self._inside(tokens, start, at, label)
                    if tags is not None and at < count - 1:
                        on, last = tags[at, labels + label] + 1e-4, tags[at, 2 * labels + label] + 1e-4
                        goes_on[at] = (1 - share) * goes_on[at] + share * on / (on + last)
                    at += 1
                    if goes_on[at - 1] <= 0.5:
                        break
            spans.append((start, at, label))
        return Decoded(spans, closed, goes_on)

    def _inside(self, tokens: list[np.ndarray], start: int, at: int, label: int) -> float:
        total = 0.0
        for voter, encoded in zip(self.voters, tokens, strict=True):
            w = voter["lower.W"]
            slots = [encoded[at], encoded[start], encoded[at - 1]]
            sums = sum(w[slot].reshape(-1, w.shape[3]) @ x for slot, x in enumerate(slots))
            hidden = (sums.reshape(w.shape[1:3]) + voter["lower.b"]).max(axis=-1)
            pair = [self.actions.inside[label], self.actions.last[label]]
            on, last = voter["upper.W"][pair] @ hidden + voter["upper.b"][pair]
            total += 1.0 / (1.0 + np.exp(np.clip(last - on, -50, 50)))
        return total / len(self.voters)


def vectors_of(words: Words, numbers: np.ndarray) -> np.ndarray:
    """Static vectors of words, zeros where there is none."""
    row = words.vector[numbers]
    found = words.nlp.vocab.vectors.data[np.maximum(row, 0)]
    return np.where(row[:, None] >= 0, found, np.float32(0))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _groups(documents: list[np.ndarray], size: int) -> list[list[np.ndarray]]:
    groups: list[list[np.ndarray]] = [[]]
    total = 0
    for document in documents:
        total += len(document) + MARGIN
        if groups[-1] and (total > size or len(groups[-1]) == DOCUMENTS - 1):
            groups.append([])
            total = len(document) + MARGIN
        groups[-1].append(document)
    return groups


def _flat(documents: list[np.ndarray], size: int) -> np.ndarray:
    margin = np.zeros(MARGIN, np.int32)
    flat = np.concatenate([margin, *(part for document in documents for part in (document, margin))])
    return np.concatenate([flat, np.zeros(max(0, size - len(flat)), np.int32)])
