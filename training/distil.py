"""Unlabelled text, labelled by teachers that vote: what they think of every token becomes the student's target."""

from __future__ import annotations

import numpy as np

from .decode import Decoder
from .labels import MISC, Example


def softened(
    documents: list[np.ndarray], decoder: Decoder, tagged: list[np.ndarray] | None = None, share: float = 0.5
) -> list[Example]:
    """Examples with the voters' own path as spans and their probabilities as targets."""
    found = []
    of_one_kind = [decoder.actions.labels.index(name) for name in MISC if name != "NORP"]
    for words, decoded in zip(documents, decoder.documents(documents, tagged, share), strict=True):
        closed = gathered(decoded.closed, of_one_kind, len(decoder.actions.labels))
        soft = closed.astype(np.float16), decoded.goes_on.astype(np.float16)
        found.append(Example(words, decoded.spans, np.zeros(0), soft=soft))
    return found


def gathered(closed: np.ndarray, types: list[int], labels: int) -> np.ndarray:
    """Targets in which what is thought of several types that are hard to tell apart falls to the likeliest of them.

    That a name is an event, a law or a work, rather than an organisation, is mostly certain; which of them, seldom.
    """
    made = closed.copy()
    for kind in (np.array(types), np.array(types) + labels):
        likeliest = kind[closed[:, kind].argmax(axis=1)]
        total = closed[:, kind].sum(axis=1)
        made[:, kind] = 0.0
        made[np.arange(len(made)), likeliest] = total
    return made


def consistent(example: Example, text: list[str], labels: int, skip: set[int], trust: float = 0.7) -> Example:
    """One sense a name and article: what is thought of a name's mentions is averaged, and missed mentions are found.

    The student sees four words to each side; the voters' opinion of the other mentions is knowledge that it lacks.
    Names that are mostly of a type in `skip` stay as they are: a country's name has its senses.
    """
    assert example.soft is not None
    closed, goes_on = example.soft[0].astype(np.float32), example.soft[1].copy()
    spelled = [text[word] for word in example.words]
    mentions: dict[tuple[str, ...], list[tuple[int, int, int]]] = {}
    for span in example.spans:
        if example.soft is not None and spelled[span[0]][:1].isupper():
            mentions.setdefault(tuple(spelled[span[0] : span[1]]), []).append(span)
    taken = np.zeros(len(spelled), bool)
    for start, end, _ in example.spans:
        taken[start:end] = True
    spans = {span[:2]: span[2] for span in example.spans}
    starts: dict[str, list[int]] = {}
    for at, word in enumerate(spelled):
        starts.setdefault(word, []).append(at)
    for name, found in sorted(mentions.items(), key=lambda item: -len(item[0])):
        size = len(name)
        kind = slice(labels, 2 * labels) if size == 1 else slice(0, labels)
        places = [at for at in starts[name[0]] if tuple(spelled[at : at + size]) == name]
        free = [at for at in places if not taken[at : at + size].any()]
        known = [start for start, _, _ in found]
        # A word that is mostly no name is left alone.
        share = len(known) / (len(known) + len(free))
        if share < 0.5 or len(known) + len(free) < 2:
            continue
        views = np.array([closed[at, :labels] + closed[at, labels : 2 * labels] for at in known])
        view = views.sum(axis=0) / views.sum()
        label = int(view.argmax())
        if label in skip:
            continue
        for at in known + free:
            named = closed[at, : 2 * labels].sum() if at in known else max(share, float(closed[at, kind].sum()))
            row = np.zeros_like(closed[at])
            row[kind] = view * named
            row[-1] = 1 - named
            closed[at] = (1 - trust) * closed[at] + trust * row
            spans[at, at + size] = label
            if at not in known:
                goes_on[at + 1 : at + size - 1] = 1.0
                goes_on[at + size - 1] = 0.0
            taken[at : at + size] = True
    path = sorted((start, end, label) for (start, end), label in spans.items())
    return Example(example.words, path, example.spaces, example.ignored, (closed.astype(np.float16), goes_on))
