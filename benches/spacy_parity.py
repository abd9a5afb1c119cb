"""Whether `dateline label` finds the tokens and entities that spaCy finds, on any texts.

    spacy_parity.py PIPELINE DATELINE MODEL [--overlay FOLDER] TEXTS.jsonl …

Each line of TEXTS.jsonl is a JSON object with a `text`. Prints what was compared and each difference; fails where
more than 1 token in 100,000 or 1 entity in 1,000 differs. With an overlay, its weights and its layer that recalls take the
place of the pipeline's; texts of more than 4,096 tokens are left out then, which dateline cuts.
"""

import json
import pathlib
import subprocess
import sys

import spacy

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from training import recall  # noqa: E402

UNUSED = ["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]


def load(path):
    nlp = spacy.load(path, exclude=UNUSED)
    if "tok2vec" in nlp.pipe_names and "listener" not in nlp.get_pipe("ner").model.layers[0].name:
        nlp.remove_pipe("tok2vec")
    return nlp


def main():
    pipeline, dateline, model, *files = sys.argv[1:]
    overlay = pathlib.Path(files[1]) if files[0] == "--overlay" else None
    files = files[2:] if overlay else files
    nlp = recall.load(pathlib.Path(pipeline), overlay) if overlay else load(pipeline)
    nlp.max_length = 10_000_000
    texts = [json.loads(line)["text"] for file in files for line in open(file) if line.strip()]
    if overlay:
        texts = [text for text in texts if len(nlp.make_doc(text)) <= 4096]
    # Offsets count the same on both sides: Python's strings are made of Unicode scalar values, surrogates aside.
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    output = subprocess.run(
        [dateline, "label", "-", "--model", model], input=lines, capture_output=True, text=True, check=True
    ).stdout
    tokens = entities = wrong_tokens = wrong_entities = 0
    for text, line, doc in zip(texts, output.splitlines(), nlp.pipe(texts, batch_size=64), strict=True):
        found = json.loads(line)
        ours = {tuple(token) for token in found["tokens"]}
        theirs = {(token.idx, token.idx + len(token)) for token in doc}
        tokens += len(theirs)
        wrong_tokens += len(ours ^ theirs)
        for start, end in sorted(ours ^ theirs)[:3]:
            print(f"token {'of dateline' if (start, end) in ours else 'of spaCy'} alone: {text[start:end]!r}")
        ours = {tuple(entity) for entity in found["ents"]}
        theirs = {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents}
        entities += len(theirs)
        wrong_entities += len(ours ^ theirs)
        for start, end, kind in sorted(ours ^ theirs)[:3]:
            side = "of dateline" if (start, end, kind) in ours else "of spaCy"
            print(f"entity {side} alone: {kind} {text[start:end]!r}")
    print(
        f"{len(texts)} texts: {tokens} tokens, {wrong_tokens} differ; {entities} entities, {wrong_entities} differ "
        f"(spaCy {spacy.__version__}, {nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']})"
    )
    sys.exit(wrong_tokens * 100_000 > tokens or wrong_entities * 1_000 > entities)


main()
