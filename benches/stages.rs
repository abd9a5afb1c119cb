//! What each stage costs, and the whole: one article of some 600 tokens, on one core.
//!
//! Every benchmark checks its answer on every iteration, so that no figure measures nothing, and names what
//! it is measured against: a rival that runs beside it where one is at hand, else a figure to beat.
//! `cargo bench --bench stages`; needs the artifacts (`make data`).

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dateline::article::{Limits, Mapping, Reader};
use dateline::casualties::CasualtyFinder;
use dateline::data;
use dateline::enrich::{Enricher, Stamp};
use dateline::entities::{EntityFinder, Labeller};
use dateline::locations::{Gazetteer, LocationFinder};
use dateline::spacy;
use dateline::text::{Document, Lexicons};
use dateline::worker::{Pipeline, Process};
use unicode_segmentation::UnicodeSegmentation;

/// Written for this project.
const DISPATCH: &str = include_str!("dispatch.txt");
const TITLE: &str = "Twin blasts at bus station in Kaduna kill at least 17, police say";

fn payload() -> Vec<u8> {
    let article = serde_json::json!({
        "id": "bench-1", "title": TITLE, "text": DISPATCH, "source": "Example Wire",
        "url": "https://news.example/kaduna", "published_at": "2025-02-18T09:30:00Z",
    });
    article.to_string().into_bytes()
}

fn reader() -> Reader {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let mapping = Mapping {
        text: names(&["text", "body", "content"]),
        title: names(&["title"]),
        id: names(&["id"]),
        url: names(&["url"]),
        source: names(&["source"]),
        published_at: names(&["published_at"]),
        language: names(&["language"]),
        keep_extra: false,
    };
    Reader::new(mapping, Limits { max_bytes: 10_000_000, max_depth: 64, max_text_chars: 2_000_000 })
}

fn gazetteer() -> Gazetteer {
    data::open_gazetteer(&data::default_dir(None)).expect("the gazetteer is built: run `make data` first")
}

fn model() -> spacy::Pipeline {
    let path = data::model_path(&data::default_dir(None), data::DEFAULT_MODEL);
    data::open_model(&path).expect("the model is built: run `make data` first")
}

/// Bytes to a clean article. Limit: parsing the same JSON into a tree.
fn read(c: &mut Criterion) {
    let (payload, reader) = (payload(), reader());
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Bytes(payload.len() as u64));
    group.bench_function("dateline", |b| {
        b.iter(|| {
            let article = reader.read(Some(black_box(&payload))).expect("the payload is an article");
            assert_eq!(article.text.len(), DISPATCH.len(), "a clean text stays as it came");
            article
        })
    });
    group.bench_function("limit: serde_json tree", |b| {
        b.iter(|| {
            let tree: serde_json::Value = serde_json::from_slice(black_box(&payload)).expect("the payload is JSON");
            assert_eq!(tree["text"].as_str().map(str::len), Some(DISPATCH.len()));
            tree
        })
    });
    group.finish();
}

/// Tokens and sentences. Rival: the word boundaries of UAX #29, which know no abbreviations and no sentences.
fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Bytes((TITLE.len() + DISPATCH.len()) as u64));
    let expected = Document::parse(Some(TITLE), DISPATCH);
    let (tokens, sentences) = (expected.body.tokens.len(), expected.body.sentences.len());
    assert!(tokens > 500 && sentences > 20, "{tokens} tokens, {sentences} sentences");
    group.bench_function("dateline", |b| {
        b.iter(|| {
            let document = Document::parse(Some(TITLE), black_box(DISPATCH));
            assert_eq!((document.body.tokens.len(), document.body.sentences.len()), (tokens, sentences));
            document
        })
    });
    let words = DISPATCH.split_word_bounds().count();
    group.bench_function("rival: unicode-segmentation", |b| {
        b.iter(|| assert_eq!(black_box(DISPATCH).split_word_bounds().count(), words))
    });
    group.finish();
}

/// Who, where and how many, each on what the stage before hands on. To beat: spaCy 3.8 with `en_core_web_md`
/// labels some 4,900 tokens a second on one core, for the first of the three alone.
fn find(c: &mut Criterion) {
    let lexicons = Lexicons::default();
    let entity_finder = EntityFinder::new(&lexicons, false).expect("the lexicons are sound");
    let location_finder = LocationFinder::new(gazetteer(), &lexicons).expect("the lexicons are sound");
    let casualty_finder = CasualtyFinder::new(&lexicons).expect("the lexicons are sound");

    let labeller = Labeller::new(model());
    let mut document = Document::parse(Some(TITLE), DISPATCH);
    labeller.label(&mut document);
    let labels = document.body.labels.len();
    assert!(labels > 20, "{labels} labels");
    let entities = entity_finder.find(&document);
    let locations = location_finder.find(&document, &entities);
    let casualties = casualty_finder.find(&document, &entities, &locations);
    assert!(entities.entities.len() > 10, "{} entities", entities.entities.len());
    assert!(locations.locations.iter().any(|place| place.name == "Kaduna"), "Kaduna was not found");
    assert!(casualties.figures.len() > 3, "{} figures", casualties.figures.len());

    let mut group = c.benchmark_group("find");
    group.throughput(Throughput::Elements(document.body.tokens.len() as u64));
    group.bench_function("labels", |b| {
        let mut document = Document::parse(Some(TITLE), DISPATCH);
        b.iter(|| {
            labeller.label(black_box(&mut document));
            assert_eq!(document.body.labels.len(), labels);
        })
    });
    group.bench_function("entities", |b| {
        b.iter(|| assert_eq!(entity_finder.find(black_box(&document)).entities.len(), entities.entities.len()))
    });
    group.bench_function("locations", |b| {
        b.iter(|| {
            let found = location_finder.find(black_box(&document), &entities);
            assert_eq!(found.locations.len(), locations.locations.len());
        })
    });
    group.bench_function("casualties", |b| {
        b.iter(|| {
            let found = casualty_finder.find(black_box(&document), &entities, &locations);
            assert_eq!(found.figures.len(), casualties.figures.len());
        })
    });
    group.finish();
}

/// From a payload to a payload. To beat: 8.4 articles a second and core, what a Python worker reaches
/// (confluent-kafka, spaCy `en_core_web_md`, naive geocoding). Limit of the output: writing the same JSON
/// from a tree.
fn whole(c: &mut Criterion) {
    let payload = payload();
    let enricher = Enricher::new(model(), gazetteer(), &Lexicons::default(), false).expect("the lexicons are sound");
    let pipeline = Pipeline { reader: reader(), enricher };
    let article = pipeline.reader.read(Some(&payload)).expect("the payload is an article");
    let stamp = || Stamp { processed_at: "2025-02-18T09:30:00Z".to_owned(), duration_us: 0 };
    let expected = pipeline.enricher.enrich(&article, stamp, |enriched| serde_json::to_vec(enriched));
    let expected = expected.expect("an enriched article is JSON");
    let tree: serde_json::Value = serde_json::from_slice(&expected).expect("an enriched article is JSON");
    assert!(tree["entities"].as_array().is_some_and(|entities| entities.len() > 10));

    let mut group = c.benchmark_group("whole");
    group.throughput(Throughput::Elements(1));
    group.bench_function("payload to payload", |b| {
        let mut out = Vec::new();
        b.iter(|| {
            out.clear();
            pipeline.process(Some(black_box(&payload)), &mut out).expect("the payload is an article");
            // The stamp's digits vary.
            assert!(out.len().abs_diff(expected.len()) < 32, "{} and {}", out.len(), expected.len());
        })
    });
    pipeline.enricher.enrich(&article, stamp, |enriched| {
        let mut out = Vec::new();
        group.bench_function("json", |b| {
            b.iter(|| {
                out.clear();
                serde_json::to_writer(&mut out, black_box(enriched)).expect("an enriched article is JSON");
                assert_eq!(out.len(), expected.len());
            })
        });
        group.bench_function("json, limit: serde_json from a tree", |b| {
            b.iter(|| {
                out.clear();
                serde_json::to_writer(&mut out, black_box(&tree)).expect("a tree is JSON");
                assert_eq!(out.len(), expected.len());
            })
        });
    });
    group.finish();
}

criterion_group!(benches, read, parse, find, whole);
criterion_main!(benches);
