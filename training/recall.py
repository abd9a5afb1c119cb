"""spaCy's `Tok2Vec` with a layer that recalls, between two encoders.

The convolutions see a few words to each side. What the rest of the article says of a name is recalled half-way: a token
whose word begins with a capital gets something of the mean of all tokens of that word, and every token something of the
mean of the whole document, its topic, and of the passage that it stands in (the first is due to Akbik et al., 2019,
"Pooled contextualized embeddings for named entity recognition"). Three matrices are all that is new. dateline's runtime
does the same in `src/spacy/recall.rs`; there a text of more than 4,096 tokens is cut into several documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Config, Model

import spacy

AFTER = 3
"""Layers of the encoder that come before what is recalled; one comes after it."""
PASSAGE = 32
"""Tokens of a passage, counted from the document's first."""
PARAMETERS = ("memory", "topic", "passage")
UNUSED = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "tok2vec"]

Rows = list[np.ndarray]


@spacy.registry.architectures("dateline.RecallTok2Vec.v1")
def recall_tok2vec(
    embed: Model[list[Doc], Rows], encode: Model[Rows, Rows], refine: Model[Rows, Rows]
) -> Model[list[Doc], Rows]:
    """Embedding, the layers before, what is recalled, the layers after."""
    recall: Model[tuple[list[Doc], Rows], Rows] = Model(
        "recall", _recall, init=_init, params=dict.fromkeys(PARAMETERS), dims={"nO": None}
    )
    model: Model[list[Doc], Rows] = Model(
        "recall_tok2vec", _forward, init=_init_all, layers=[embed, encode, recall, refine], dims={"nO": None}
    )
    if encode.has_dim("nO"):
        for each in (model, recall):
            each.set_dim("nO", encode.get_dim("nO"))
    for name, layer in (("embed", embed), ("encode", encode), ("recall", recall), ("refine", refine)):
        model.set_ref(name, layer)
    return model


def _init_all(model: Model, X: list[Doc] | None = None, Y: Rows | None = None) -> None:
    embed, encode, recall, refine = model.layers
    embed.initialize(X=X)
    rows = embed.predict(X) if X is not None else None
    encode.initialize(X=rows)
    rows = encode.predict(rows) if rows is not None else None
    recall.initialize()
    refine.initialize(X=rows)


def _init(model: Model, X: object = None, Y: object = None) -> None:
    """Nothing is recalled before training."""
    width = model.get_dim("nO")
    for name in PARAMETERS:
        model.set_param(name, model.ops.alloc2f(width, width))


def _forward(model: Model, docs: list[Doc], is_train: bool) -> tuple[Rows, Callable[[Rows], list[Doc]]]:
    embed, encode, recall, refine = model.layers
    embedded, to_embed = embed(docs, is_train)
    near, to_encode = encode(embedded, is_train)
    whole, to_recall = recall((docs, near), is_train)
    rows, to_refine = refine(whole, is_train)

    def backprop(d_rows: Rows) -> list[Doc]:
        return to_embed(to_encode(to_recall(to_refine(d_rows))))

    return rows, backprop


def _recall(model: Model, given: tuple[list[Doc], Rows], is_train: bool) -> tuple[Rows, Callable[[Rows], Rows]]:
    memory, topic, passage = (model.get_param(name) for name in PARAMETERS)
    docs, rows = given
    groups = [_again(doc) for doc in docs]
    out, seen = [], []
    for x, (again, group, size) in zip(rows, groups, strict=True):
        mean = x.sum(axis=0) / max(1, len(x))
        sums = np.zeros((len(size), x.shape[1]), np.float32)
        np.add.at(sums, group, x[again])
        difference = (sums / size[:, None])[group] - x[again]
        near = np.array([x[at : at + PASSAGE].mean(axis=0) for at in range(0, len(x), PASSAGE)])
        y = x + mean @ topic.T
        y[again] += difference @ memory.T
        for at, added in zip(range(0, len(x), PASSAGE), near.reshape(-1, x.shape[1]) @ passage.T, strict=True):
            y[at : at + PASSAGE] += added
        out.append(y)
        seen.append((mean, near, difference))

    def backprop(d_out: Rows) -> Rows:
        d_rows = []
        for dy, (again, group, size), (mean, near, difference) in zip(d_out, groups, seen, strict=True):
            total = dy.sum(axis=0)
            model.inc_grad("topic", np.outer(total, mean))
            model.inc_grad("memory", dy[again].T @ difference)
            dx = dy + total @ topic / max(1, len(dy))
            for at, passed in zip(range(0, len(dy), PASSAGE), near, strict=True):
                part = dy[at : at + PASSAGE]
                model.inc_grad("passage", np.outer(part.sum(axis=0), passed))
                dx[at : at + PASSAGE] += part.sum(axis=0) @ passage / len(part)
            own = dy[again] @ memory
            dx[again] -= own
            sums = np.zeros((len(size), dy.shape[1]), np.float32)
            np.add.at(sums, group, own)
            dx[again] += (sums / size[:, None])[group]
            d_rows.append(dx)
        return d_rows

    return out, backprop


def _again(doc: Doc) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tokens whose word begins with a capital and is met more than once, the group of each, and how many tokens
    each group has."""
    tokens: dict[tuple[int, int], list[int]] = {}
    for token in doc:
        if token.text[:1].isupper():
            tokens.setdefault((token.orth, token.norm), []).append(token.i)
    several = [found for found in tokens.values() if len(found) > 1]
    size = np.array([len(found) for found in several], np.float32)
    group = np.repeat(np.arange(len(several)), [len(found) for found in several])
    return np.array([i for found in several for i in found], np.int64), group, size


def configured(config: Config) -> Config:
    """A pipeline's configuration with the `ner`'s encoder taken apart for what is recalled."""
    changed = config.copy()
    tok2vec = changed["components"]["ner"]["model"]["tok2vec"]
    depth = tok2vec["encode"]["depth"]
    tok2vec["@architectures"] = "dateline.RecallTok2Vec.v1"
    tok2vec["refine"] = tok2vec["encode"] | {"depth": depth - AFTER}
    tok2vec["encode"] = tok2vec["encode"] | {"depth": AFTER}
    return changed


def extended(nlp: Language, folder: Path) -> Language:
    """The base pipeline of `folder`, whose `ner` recalls; its weights are to be written yet."""
    config = configured(nlp.config)["components"]["ner"]
    nlp.remove_pipe("ner")
    ner = nlp.add_pipe("ner", config={key: value for key, value in config.items() if key != "factory"})
    ner.from_disk(folder / "ner", exclude=["model", "vocab"])
    ner.set_output(ner.moves.n_moves)
    ner.model.initialize(X=[nlp.make_doc("Nothing yet.")])
    return nlp


def base(folder: Path) -> Language:
    """The base pipeline, reduced to its tokenizer and its entity recogniser."""
    return spacy.load(folder, exclude=UNUSED)


def load(folder: Path, overlay: Path) -> Language:
    """The base pipeline with an overlay's weights, as single precision: spaCy does not compute with less."""
    nlp = extended(base(folder), folder)
    model = nlp.get_pipe("ner").model
    model.from_bytes((overlay / "ner" / "model").read_bytes())
    for layer in model.walk():
        for name in layer.param_names:
            if layer.has_param(name):
                layer.set_param(name, np.asarray(layer.get_param(name), np.float32))
    nlp.meta.update(json.loads((overlay / "meta.json").read_text(encoding="utf-8")))
    return nlp
