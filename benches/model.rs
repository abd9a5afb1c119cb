//! The model's runtime against spaCy: the same pipeline, the same articles, the same core, in turns.
//!
//! `make bench-model` runs it. It needs a Python with spaCy 3.8 (`SPACY_PYTHON`, by default `python3`)
//! and a pipeline's directory (`SPACY_PIPELINE`). spaCy runs `ner` only, with the batch size that suits
//! it best, one thread; so does dateline. Both count seconds of processor time, so that a busy machine does not
//! decide. The ratio of medians is what counts. What both find is compared first:
//! a runtime that labels otherwise than spaCy has no speed.
//!
//! `make … BENCH_ARTICLES=FILE` takes the articles of a file, one JSON document a line, instead of the examples.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Instant;

use dateline::spacy::{AlignedBytes, Pipeline, Scratch, convert};
use serde::Deserialize;

const ROUNDS: usize = 5;
/// Passes over the articles in one round, so that a round takes long enough to be timed.
const PASSES: usize = 4;
/// Entities that both must find, of all that either finds.
const AGREEMENT: f64 = 0.999;

/// What spaCy found in one text.
#[derive(Deserialize)]
struct Labels {
    tokens: Vec<(usize, usize, bool)>,
    ents: Vec<(usize, usize, String)>,
}

/// What the peer says about itself.
#[derive(Deserialize)]
struct About {
    spacy: String,
    tokens: usize,
    batch_size: usize,
    /// GFLOP/s of numpy's BLAS.
    sgemm: f64,
}

fn main() {
    let python = std::env::var("SPACY_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Ok(dir) = std::env::var("SPACY_PIPELINE") else {
        println!("model: not measured; set SPACY_PIPELINE to a pipeline's directory (it holds config.cfg)");
        return;
    };
    let artifact = convert(|file| std::fs::read(Path::new(&dir).join(file)), "").expect("the pipeline converts");
    let pipeline = Pipeline::open(AlignedBytes::new(&artifact)).expect("the artifact opens");
    let mut scratch = pipeline.scratch();
    let texts = articles();

    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (texts_file, labels_file) = (tmp.join("bench-texts.jsonl"), tmp.join("bench-labels.jsonl"));
    let lines: Vec<String> = texts.iter().map(|text| serde_json::to_string(text).expect("a string is JSON")).collect();
    std::fs::write(&texts_file, lines.join("\n")).expect("the texts are written");
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/spacy_peer.py");
    let mut child = Command::new(&python)
        .args([peer.as_path(), Path::new(&dir), &texts_file, &labels_file])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts; set SPACY_PYTHON to one that has spaCy 3.8");
    let mut to_peer = child.stdin.take().expect("is piped");
    let mut from_peer = BufReader::new(child.stdout.take().expect("is piped")).lines();
    let mut answer = || from_peer.next().expect("the peer answers").expect("the peer's answer is text");
    let about: About = serde_json::from_str(&answer()).expect("the peer knows itself");

    println!("{}: {} articles, {} tokens", pipeline.name(), texts.len(), about.tokens);
    let tokens = compare(&pipeline, &mut scratch, &texts, &labels_file);
    assert_eq!(tokens, about.tokens);
    println!("tokens a second, one thread, spaCy {} in batches of {}", about.spacy, about.batch_size);
    let (mut spacy, mut ours) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        writeln!(to_peer, "go").expect("the peer listens");
        spacy.push(tokens as f64 / answer().parse::<f64>().expect("the peer's time is a number"));
        let started = processor_seconds();
        for _ in 0..PASSES {
            let labelled: usize = texts.iter().map(|text| pipeline.label(text, &mut scratch).tokens.len()).sum();
            assert_eq!(labelled, tokens);
        }
        ours.push((PASSES * tokens) as f64 / (processor_seconds() - started));
        println!("  spaCy {:>9.0}   dateline {:>9.0}", spacy[round], ours[round]);
    }
    drop(to_peer);
    child.wait().expect("the peer ends");
    let (spacy, ours) = (median(&mut spacy), median(&mut ours));
    println!("  median ratio dateline / spaCy: {:.1}", ours / spacy);

    let mut fresh: Vec<f64> = (0..3)
        .map(|_| {
            let mut scratch = pipeline.scratch();
            let started = processor_seconds();
            let labelled: usize = texts.iter().map(|text| pipeline.label(text, &mut scratch).tokens.len()).sum();
            labelled as f64 / (processor_seconds() - started)
        })
        .collect();
    println!("  dateline with cold caches: {:.0}", median(&mut fresh));
    let multiply_adds = pipeline.multiply_adds() as f64;
    let limit = about.sgemm * 1e9 / 2.0 / multiply_adds;
    println!(
        "  {multiply_adds} multiply-adds a token; sgemm (512 x 288 x 288, numpy's BLAS) {:.0} GFLOP/s:",
        about.sgemm
    );
    println!("  a limit of {limit:.0} tokens a second, of which dateline reaches {:.0} %", 100.0 * ours / limit);
}

/// Checks that dateline finds what spaCy found; returns the number of tokens.
fn compare(pipeline: &Pipeline, scratch: &mut Scratch, texts: &[String], labels: &Path) -> usize {
    let labels = std::fs::read_to_string(labels).expect("the peer wrote its labels");
    let (mut tokens, mut same, mut theirs, mut ours) = (0, 0, 0, 0);
    for (text, line) in texts.iter().zip(labels.lines()) {
        let expected: Labels = serde_json::from_str(line).expect("the peer writes JSON");
        let labelled = pipeline.label(text, scratch);
        let scalars = |byte: u32| text[..byte as usize].chars().count();
        let found: Vec<_> = labelled.tokens.iter().map(|t| (scalars(t.start), scalars(t.end), t.space_after)).collect();
        assert_eq!(found, expected.tokens, "other tokens than spaCy's in {text:?}");
        tokens += found.len();
        theirs += expected.ents.len();
        ours += labelled.entities.len();
        for entity in labelled.entities {
            let label = pipeline.labels()[usize::from(entity.label)].clone();
            same += usize::from(expected.ents.contains(&(scalars(entity.start), scalars(entity.end), label)));
        }
    }
    println!("entities: spaCy {theirs}, dateline {ours}, the same {same}");
    assert!(same as f64 >= AGREEMENT * theirs.max(ours) as f64, "other entities than spaCy's");
    tokens
}

/// Seconds of processor time that this thread has taken; of the clock, where the system does not tell.
fn processor_seconds() -> f64 {
    static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
    let clock = STARTED.elapsed().as_secs_f64();
    let Ok(times) = std::fs::read_to_string("/proc/thread-self/schedstat") else { return clock };
    times.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).map_or(clock, |n| n / 1e9)
}

fn articles() -> Vec<String> {
    let file = std::env::var("BENCH_ARTICLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let lines = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let text = |line: &str| {
        // Some of the examples are broken on purpose.
        let article: serde_json::Value = serde_json::from_str(line).ok()?;
        article["text"].as_str().or(article["body"].as_str()).map(str::to_owned)
    };
    lines.lines().filter_map(text).collect()
}

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/articles.jsonl");

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
