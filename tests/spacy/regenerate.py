"""Regenerates what the differential tests compare with: small pipelines, and what spaCy finds in the texts.

    python -m venv /tmp/venv && /tmp/venv/bin/pip install 'spacy>=3.8,<3.9'
    /tmp/venv/bin/python tests/spacy/regenerate.py [PIPELINE_DIR NAME]...

Without arguments the small pipelines under `tests/spacy/pipelines` are trained anew and their expectations
written. Each pair of arguments adds the expectations of a pipeline that is too large to keep here:

    regenerate.py path/to/en_core_web_md md path/to/en_core_web_sm sm

Only the tokenizer and `ner` (with the `tok2vec` it listens to) are run.
"""

import json
import pathlib
import random
import shutil
import sys

import numpy
import spacy
from spacy.training import Example

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))
import training.recall  # noqa: E402, F401 (registers an architecture)

PIPELINES = HERE / "pipelines"
UNUSED = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]

HASH = {"@architectures": "spacy.MultiHashEmbed.v2"}
MAXOUT = {"@architectures": "spacy.MaxoutWindowEncoder.v2"}
MISH = {"@architectures": "spacy.MishWindowEncoder.v2"}
TOK2VEC = {"@architectures": "spacy.Tok2Vec.v2"}
PARSER = {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "nO": None}

# Each small pipeline holds what the others do not: widths that fill no vector, other numbers of pieces, windows,
# slots, attributes, a shared tok2vec.
SMALL = {
    "vectors": {
        "tok2vec": TOK2VEC | {
            "embed": HASH | {"width": 32, "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"], "rows": [200, 100, 100, 100], "include_static_vectors": True},
            "encode": MAXOUT | {"width": 32, "depth": 4, "window_size": 1, "maxout_pieces": 3},
        },
        "parser": {"extra_state_tokens": False, "hidden_width": 24, "maxout_pieces": 2, "use_upper": True},
    },
    "listener": {
        "shared": True,
        "tok2vec": TOK2VEC | {
            "embed": HASH | {
                "width": 24,
                "attrs": ["ORTH", "LOWER", "SPACY", "IS_SPACE", "IS_TITLE", "IS_UPPER", "IS_PUNCT", "IS_DIGIT", "IS_ALPHA", "IS_QUOTE"],
                "rows": [150, 150, 8, 8, 8, 8, 8, 8, 8, 8],
                "include_static_vectors": False,
            },
            "encode": MAXOUT | {"width": 24, "depth": 2, "window_size": 2, "maxout_pieces": 2},
        },
        "parser": {"extra_state_tokens": True, "hidden_width": 20, "maxout_pieces": 3, "use_upper": True},
    },
    "mish": {
        "tok2vec": TOK2VEC | {
            "embed": HASH | {"width": 48, "attrs": ["NORM", "SHAPE"], "rows": [200, 100], "include_static_vectors": False},
            "encode": MISH | {"width": 48, "depth": 2, "window_size": 1},
        },
        "parser": {"extra_state_tokens": False, "hidden_width": 16, "maxout_pieces": 1, "use_upper": False},
    },
    "characters": {
        "tok2vec": TOK2VEC | {
            "embed": {"@architectures": "spacy.CharacterEmbed.v2", "width": 32, "rows": 150, "nM": 6, "nC": 7, "include_static_vectors": False, "feature": "LOWER"},
            "encode": MAXOUT | {"width": 32, "depth": 1, "window_size": 1, "maxout_pieces": 4},
        },
        "parser": {"extra_state_tokens": False, "hidden_width": 32, "maxout_pieces": 2, "use_upper": True},
    },
    "cnn": {
        "tok2vec": {
            "@architectures": "spacy.HashEmbedCNN.v2", "width": 20, "depth": 2, "embed_size": 120, "window_size": 1,
            "maxout_pieces": 1, "subword_features": True, "pretrained_vectors": None,
        },
        "parser": {"extra_state_tokens": False, "hidden_width": 16, "maxout_pieces": 2, "use_upper": False},
    },
    # Of dateline's own kind: the encoder is taken apart by what is recalled. Narrower than a vector, and padded.
    "recall": {
        "tok2vec": {
            "@architectures": "dateline.RecallTok2Vec.v1",
            "embed": HASH | {"width": 28, "attrs": ["NORM", "SHAPE"], "rows": [150, 100], "include_static_vectors": False},
            "encode": MAXOUT | {"width": 28, "depth": 2, "window_size": 1, "maxout_pieces": 2},
            "refine": MAXOUT | {"width": 28, "depth": 1, "window_size": 1, "maxout_pieces": 2},
        },
        "parser": {"extra_state_tokens": False, "hidden_width": 24, "maxout_pieces": 2, "use_upper": True},
    },
}

PLACES = ["Tarnow", "Port Sudan", "Lima", "Ust-Kut", "Jos", "Papua New Guinea", "Goma", "Idlib", "São Tomé", "Kherson", "Chad", "U.S."]
PEOPLE = ["Amina Yusuf", "Petrov", "J. R. Okello", "Maria del Carmen Ruiz", "Mr. Tan", "O'Neill", "Kim", "Lucía Fernández"]
GROUPS = ["Red Cross", "UN", "Blue Harbour Ltd.", "Ministry of the Interior", "al-Nur", "AFC", "World Food Programme"]
DATES = ["Monday", "12 March", "last week", "in 2021", "yesterday", "the 1990s"]
FRAMES = [
    ("{} said {} would return to {} on {}.", ["PERSON", "ORG", "GPE", "DATE"]),
    ("At least 12 people died in {}, {} reported {}.", ["GPE", "ORG", "DATE"]),
    ("{} ({}) met {} in {}.", ["PERSON", "ORG", "PERSON", "GPE"]),
    ("{} - Flooding cut roads near {} {}, officials of the {} said.", ["GPE", "GPE", "DATE", "ORG"]),
    ("\"We don't know yet,\" {} told {}.", ["PERSON", "ORG"]),
    ("Nothing of note happened, he'll write.", []),
    ("{}'s forces left {} {}.", ["GPE", "GPE", "DATE"]),
]
NAMES = {"PERSON": PEOPLE, "ORG": GROUPS, "GPE": PLACES, "DATE": DATES}


def sentence(rng):
    frame, labels = rng.choice(FRAMES)
    text, entities = "", []
    for i, part in enumerate(frame.split("{}")):
        text += part
        if i < len(labels):
            name = rng.choice(NAMES[labels[i]])
            entities.append((len(text), len(text) + len(name), labels[i]))
            text += name
    return text, entities


def train(name, spec):
    random.seed(1)
    numpy.random.seed(1)
    spacy.util.fix_random_seed(1)
    nlp = spacy.blank("en")
    rng = random.Random(1)
    data = [sentence(rng) for _ in range(400)]
    if name == "vectors":
        words = sorted({token.text for text, _ in data for token in nlp.make_doc(text)})
        for word in words[::2]:
            nlp.vocab.set_vector(word, numpy.random.normal(size=20).astype("f"))
    if spec.get("shared"):
        nlp.add_pipe("tok2vec", config={"model": spec["tok2vec"]})
        width = spec["tok2vec"]["embed"]["width"]
        listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": width, "upstream": "tok2vec"}
        nlp.add_pipe("ner", config={"model": PARSER | spec["parser"] | {"tok2vec": listener}})
    else:
        nlp.add_pipe("ner", config={"model": PARSER | spec["parser"] | {"tok2vec": spec["tok2vec"]}})
    examples = [Example.from_dict(nlp.make_doc(text), {"entities": entities}) for text, entities in data]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(6):
        rng.shuffle(examples)
        for batch in spacy.util.minibatch(examples, 32):
            nlp.update(batch, sgd=optimizer, drop=0.1)
    if name == "recall":
        # Few texts of few words teach little of this; more of it, so that what is recalled decides.
        recall = nlp.get_pipe("ner").model.get_ref("tok2vec").layers[0].get_ref("recall")
        for parameter, times in (("memory", 30), ("topic", 2), ("passage", 2)):
            recall.set_param(parameter, times * recall.get_param(parameter))
    nlp.meta["name"] = name
    target = PIPELINES / name
    shutil.rmtree(target, ignore_errors=True)
    nlp.to_disk(target)
    # The tokenizer is the same in all, and the strings are not read.
    shutil.copy(target / "tokenizer", PIPELINES / "tokenizer")
    (target / "tokenizer").unlink()
    (target / "vocab" / "strings.json").unlink()
    return nlp


def expect(nlp, name):
    with open(HERE / "texts.jsonl") as texts, open(HERE / f"expected-{name}.jsonl", "w") as out:
        for line in texts:
            text = json.loads(line)["text"]
            doc = nlp(text)
            tokens = [[t.idx, t.idx + len(t), bool(t.whitespace_)] for t in doc]
            ents = [[e.start_char, e.end_char, e.label_] for e in doc.ents]
            out.write(json.dumps({"tokens": tokens, "ents": ents}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not arguments:
        PIPELINES.mkdir(exist_ok=True)
        for name, spec in SMALL.items():
            expect(train(name, spec), name)
    for path, name in zip(arguments[::2], arguments[1::2]):
        expect(spacy.load(path, exclude=UNUSED), name)
