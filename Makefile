# `make` lists what there is. In a fresh clone, `make demo` and `make test` need nothing done before.

TARGET := $(or $(CARGO_TARGET_DIR),target)
BIN    := $(TARGET)/release/dateline
KAFKA  := $(TARGET)/kafka/libs
SPACY  := $(abspath $(TARGET))/spacy

# Where pkg-config finds an OpenSSL it is taken; otherwise one is built from source.
ifeq ($(shell pkg-config --exists openssl 2>/dev/null && echo yes),yes)
export OPENSSL_NO_VENDOR := 1
endif

.DEFAULT_GOAL := help
.PHONY: help build binary data demo test lint kafka faults bench bench-loop bench-memory bench-model parity spacy train clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: binary data ## the release binary and its data

demo: build ## enrich the examples through an embedded broker and show what comes out
	@$(BIN) demo --set enrichment.data_dir=data

data: binary ## the model and the gazetteer, in data/
	@scripts/preflight.sh data
	@$(BIN) data build --set enrichment.data_dir=data

binary:
	@scripts/preflight.sh build
	@echo "build: $(BIN)$$(test -e $(BIN) || echo ', the first time in some minutes')"
	@cargo build --quiet --release --locked

test: ## everything that must hold: format, lints, unit tests, tests on a real Kafka
	@scripts/test.sh

lint: ## format and clippy
	@scripts/preflight.sh build
	@echo "lint: format"
	@cargo fmt --check
	@echo "lint: clippy"
	@cargo clippy --quiet --release --locked --all-targets -- -D warnings

kafka: $(KAFKA)/complete ## fetch the Apache Kafka that the tests run against

$(KAFKA)/complete: tests/kafka/pom.xml
	@scripts/preflight.sh test
	@echo "kafka: fetching Apache Kafka's jars"
	@rm -rf $(KAFKA) && mkdir -p $(KAFKA)
	@mvn --quiet --batch-mode -Dstyle.color=never --file tests/kafka/pom.xml dependency:copy-dependencies \
	  -DoutputDirectory="$(abspath $(KAFKA))"
	@touch $@

faults: build kafka ## 10,000 articles through a real Kafka with 20 kill -9 and 3 rebalances
	@DATELINE_FAULTS=full cargo test --quiet --release --locked --test it -- --nocapture faults::

bench: ## speed of each stage and of the whole
	@scripts/preflight.sh build
	@cargo bench --quiet --locked --bench stages

bench-loop: kafka data ## the loop against a bare rdkafka loop, the worker against `dateline enrich`
	@cargo bench --quiet --locked --bench delivery

bench-memory: kafka data ## resident memory over a backlog of 200,000 articles
	@cargo bench --quiet --locked --bench memory

bench-model: data spacy ## the model's runtime against spaCy, one thread each on the same core
	@cargo bench --quiet --locked --bench model --no-run
	@SPACY_PYTHON=$(SPACY)/venv/bin/python SPACY_PIPELINE=$(SPACY)/pipeline \
	  taskset -c 0 cargo bench --quiet --locked --bench model

parity: data spacy ## the model's tokens and entities against spaCy's, on TEXTS="a.jsonl b.jsonl"
	@test -n "$(TEXTS)" || { echo 'parity: name the texts: make parity TEXTS="articles.jsonl more.jsonl"' >&2; exit 2; }
	@$(SPACY)/venv/bin/python benches/spacy_parity.py $(SPACY)/pipeline $(BIN) data/en_core_web_md.model $(TEXTS)
	@$(SPACY)/venv/bin/python benches/spacy_parity.py $(SPACY)/pipeline $(BIN) data/dateline_news.model \
	  --overlay models/dateline_news $(TEXTS)

spacy: data
	@scripts/spacy-peer.sh $(SPACY) data

train: ## fine-tune the entity model on labelled news, EVAL=FOLDER, and write models/dateline_news (hours)
	@test -n "$(EVAL)" || { echo 'train: name the folder of the labelled text: make train EVAL=FOLDER' >&2; exit 2; }
	@training/train.sh "$(EVAL)"

clean: ## remove what was built, the data too
	@cargo clean --quiet
	@rm -rf data
