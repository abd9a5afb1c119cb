"""spaCy's side of `make bench-model`: labels the same texts on request, one thread, and says how long it took.

    spacy_peer.py PIPELINE TEXTS.jsonl LABELS.jsonl

Writes what it finds to LABELS.jsonl, then one line of JSON about itself; then, for each line on standard input,
labels all texts once and writes the seconds of processor time it took.
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import spacy

UNUSED = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]


def load(path):
    # A tok2vec that ner does not listen to would only cost spaCy time.
    nlp = spacy.load(path, exclude=UNUSED)
    if "tok2vec" in nlp.pipe_names and "listener" not in nlp.get_pipe("ner").model.layers[0].name:
        nlp.remove_pipe("tok2vec")
    return nlp


def sgemm_rate():
    """The best single-precision rate of numpy's BLAS on this core, in GFLOP/s: 512 x 288 by 288 x 288."""
    a, b, c = (numpy.ones(shape, dtype="f") for shape in ((512, 288), (288, 288), (512, 288)))
    best = 0.0
    for _ in range(300):
        start = time.perf_counter()
        numpy.dot(a, b, out=c)
        best = max(best, 2 * 512 * 288 * 288 / (time.perf_counter() - start) / 1e9)
    return best


def main():
    path, texts, labels = sys.argv[1:]
    with open(texts) as lines:
        texts = [json.loads(line) for line in lines]
    nlp = load(path)
    tokens = 0
    with open(labels, "w") as out:
        for doc in nlp.pipe(texts, batch_size=16):
            tokens += len(doc)
            found = {
                "tokens": [[t.idx, t.idx + len(t), bool(t.whitespace_)] for t in doc],
                "ents": [[e.start_char, e.end_char, e.label_] for e in doc.ents],
            }
            out.write(json.dumps(found) + "\n")

    def run(batch_size):
        start = time.process_time()
        for _ in nlp.pipe(texts, batch_size=batch_size):
            pass
        return time.process_time() - start

    batch_size = min((4, 16, 64, 256), key=run)
    about = {"spacy": spacy.__version__, "tokens": tokens, "batch_size": batch_size, "sgemm": sgemm_rate()}
    print(json.dumps(about), flush=True)
    for _ in sys.stdin:
        print(run(batch_size), flush=True)


main()
