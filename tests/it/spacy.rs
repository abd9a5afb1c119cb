//! The spaCy runtime against spaCy itself: the same tokens and entities on texts written for the project, with
//! small pipelines that are kept here and with the large ones where they are at hand.
//!
//! `tests/spacy/regenerate.py` makes the pipelines and what spaCy finds with them.

use std::path::{Path, PathBuf};

use dateline::data::{DATA_DIR_VARIABLE, default_dir, open_model};
use dateline::spacy::{AlignedBytes, ConvertError, Pipeline, Scratch, convert};
use serde::Deserialize;

const SMALL: [&str; 6] = ["vectors", "listener", "mish", "characters", "cnn", "recall"];

/// What spaCy finds in a text, in Unicode scalar values.
#[derive(Debug, Deserialize, PartialEq)]
struct Expected {
    tokens: Vec<(usize, usize, bool)>,
    ents: Vec<(usize, usize, String)>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spacy")
}

/// A file of a small pipeline; the tokenizer's is the same for all.
fn file(pipeline: &str, file: &str) -> std::io::Result<Vec<u8>> {
    let pipelines = folder().join("pipelines");
    std::fs::read(if file == "tokenizer" { pipelines.join(file) } else { pipelines.join(pipeline).join(file) })
}

fn open(artifact: &[u8]) -> Pipeline {
    Pipeline::open(AlignedBytes::new(artifact)).unwrap()
}

fn lines(name: &str) -> Vec<String> {
    std::fs::read_to_string(folder().join(name)).unwrap().lines().map(str::to_owned).collect()
}

fn texts() -> Vec<String> {
    let text =
        |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
    lines("texts.jsonl").iter().map(text).collect()
}

fn label(pipeline: &Pipeline, scratch: &mut Scratch, text: &str) -> Expected {
    let labelled = pipeline.label(text, scratch);
    let scalars = |byte: u32| text[..byte as usize].chars().count();
    Expected {
        tokens: labelled.tokens.iter().map(|t| (scalars(t.start), scalars(t.end), t.space_after)).collect(),
        ents: labelled
            .entities
            .iter()
            .map(|e| (scalars(e.start), scalars(e.end), pipeline.labels()[usize::from(e.label)].clone()))
            .collect(),
    }
}

fn compare(pipeline: &Pipeline, expectations: &str) {
    let expected = lines(expectations);
    let texts = texts();
    assert_eq!(expected.len(), texts.len(), "{expectations}: run tests/spacy/regenerate.py");
    let mut scratch = pipeline.scratch();
    // Twice: the second time every word and chunk comes from the cache.
    for _ in 0..2 {
        for (text, expected) in texts.iter().zip(&expected) {
            let expected: Expected = serde_json::from_str(expected).unwrap();
            assert_eq!(label(pipeline, &mut scratch, text), expected, "{expectations}: {text:?}");
        }
    }
}

#[test]
fn small_pipelines_of_every_kind_label_as_spacy_does() {
    let mut entities = 0;
    for name in SMALL {
        let pipeline = open(&convert(|path| file(name, path), "").unwrap());
        assert_eq!(pipeline.name(), format!("en_{name}-0.0.0"));
        compare(&pipeline, &format!("expected-{name}.jsonl"));
        entities += lines(&format!("expected-{name}.jsonl"))
            .iter()
            .map(|line| line.matches('"').count() / 2 - 2)
            .sum::<usize>();
    }
    assert!(entities > 200, "{entities} entities do not test much");
}

#[test]
fn large_pipelines_label_as_spacy_does() {
    // Cargo runs tests in the package's folder, so that this is the data that `make data` built.
    let data = default_dir(None);
    for (file, name) in [("en_core_web_md.model", "md"), ("en_core_web_sm.model", "sm")] {
        let path = data.join(file);
        if path.exists() {
            compare(&open_model(&path).unwrap(), &format!("expected-{name}.jsonl"));
        } else {
            eprintln!("not compared, no {}; set {DATA_DIR_VARIABLE} or run `make data`", path.display());
        }
    }
}

#[test]
fn a_long_text_is_the_same_in_blocks() {
    let pipeline = open(&convert(|path| file("vectors", path), "").unwrap());
    let mut scratch = pipeline.scratch();
    let sentence = "Amina Yusuf met O'Neill of the Red Cross in Papua New Guinea on 12 March. ";
    let once = label(&pipeline, &mut scratch, sentence);
    let (bytes, tokens) = (sentence.len(), once.tokens.len());
    let long = label(&pipeline, &mut scratch, &sentence.repeat(400));
    assert_eq!(long.tokens.len(), 400 * tokens);
    // All but the edges see the same neighbours, wherever a block happens to end.
    let of = |i: usize| -> Vec<_> {
        let inside = |at: usize| (i * bytes..(i + 1) * bytes).contains(&at);
        let shifted =
            |(start, end, label): &(usize, usize, String)| (start - i * bytes, end - i * bytes, label.clone());
        long.ents.iter().filter(|(start, ..)| inside(*start)).map(shifted).collect()
    };
    let second = of(1);
    assert!(!second.is_empty());
    for i in 2..399 {
        assert_eq!(of(i), second, "sentence {i}");
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let with = |from: &str, to: &str| {
        let read = |path: &str| {
            let bytes = file("vectors", path)?;
            let config = path == "config.cfg";
            Ok(if config { String::from_utf8(bytes).unwrap().replace(from, to).into_bytes() } else { bytes })
        };
        convert(read, "").unwrap_err().to_string()
    };
    let error = with("spacy.MaxoutWindowEncoder.v2", "spacy.TorchBiLSTMEncoder.v1");
    assert_eq!(error, "component ner: spacy.TorchBiLSTMEncoder.v1 is not supported");
    let error = with("\"SHAPE\"", "\"LIKE_NUM\"");
    assert_eq!(error, "component ner: the attribute \"LIKE_NUM\" is not supported");
    let error = with("factory = \"ner\"", "factory = \"spancat\"");
    assert!(error.contains("a pipeline without a component of the factory ner"), "{error}");
    let error = with("depth = 4", "depth = 3");
    assert!(error.contains("component ner: layer"), "{error}");
    assert!(matches!(convert(|_| Err(std::io::ErrorKind::NotFound.into()), ""), Err(ConvertError::Read { .. })));
}

/// Fewer rounds where nothing is optimised.
fn rounds(release: usize) -> usize {
    if cfg!(debug_assertions) { release / 20 } else { release }
}

#[test]
fn hostile_model_files_are_errors_and_never_panics() {
    let mut random = fastrand::Rng::with_seed(4);
    let targets = ["ner/model", "tok2vec/model", "ner/moves", "vocab/lookups.bin", "vocab/vectors", "vocab/key2row"];
    for round in 0..rounds(3_000) {
        let name = ["vectors", "listener", "recall"][round % 3];
        let target = targets[random.usize(..targets.len())];
        let seed = random.u64(..);
        let read = |path: &str| {
            let mut bytes = file(name, path)?;
            if path == target {
                damage(&mut bytes, &mut fastrand::Rng::with_seed(seed));
            }
            Ok(bytes)
        };
        let converted = convert(read, "");
        // Damage to a weight is no error that anybody can see; it must still label without a panic.
        if let Ok(artifact) = converted {
            let pipeline = open(&artifact);
            let text = "Kim met Petrov in Port Sudan.";
            assert_eq!(label(&pipeline, &mut pipeline.scratch(), text).tokens.len(), 7);
        }
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    match random.u8(..4) {
        0 => bytes.truncate(random.usize(..=bytes.len())),
        1 => {
            let at = random.usize(..bytes.len().max(1));
            let end = (at + random.usize(..16)).min(bytes.len());
            bytes[at..end].fill(*random.choice(&[0u8, 0x7f, 0x80, 0xff, 0xdf, 0xc6]).unwrap());
        }
        // The head of a file says how the rest is read.
        2 if !bytes.is_empty() => {
            let at = random.usize(..bytes.len().min(4_000));
            bytes[at] = random.u8(..);
        }
        _ => {
            for _ in 0..random.usize(..4) {
                let at = random.usize(..bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.u8(..8);
                }
            }
        }
    }
}

#[test]
fn truncated_and_flipped_artifacts_are_errors() {
    let artifact = convert(|path| file("cnn", path), "").unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..rounds(2_000) {
        let mut bytes = artifact.clone();
        if random.bool() {
            bytes.truncate(random.usize(..bytes.len()));
        } else {
            let at = random.usize(..bytes.len());
            bytes[at] ^= 1 << random.u8(..8);
        }
        assert!(Pipeline::open(AlignedBytes::new(&bytes)).is_err());
    }
    // A view of the bytes that starts anywhere is refused where numbers could not be read from it.
    struct Shifted(Vec<u8>);
    impl AsRef<[u8]> for Shifted {
        fn as_ref(&self) -> &[u8] {
            let aligned = self.0.as_ptr().addr().is_multiple_of(8);
            &self.0[if aligned { 1 } else { 0 }..][..self.0.len() - 1]
        }
    }
    let mut shifted = Shifted(vec![0; artifact.len() + 1]);
    let at = usize::from(shifted.0.as_ptr().addr().is_multiple_of(8));
    shifted.0[at..at + artifact.len()].copy_from_slice(&artifact);
    assert!(Pipeline::open(shifted).is_err());
}

#[test]
fn any_text_is_spelled_by_its_tokens() {
    let pipeline = open(&convert(|path| file("cnn", path), "").unwrap());
    let mut scratch = pipeline.scratch();
    let mut random = fastrand::Rng::with_seed(6);
    let (mut text, mut spelled) = (String::new(), String::new());
    for _ in 0..rounds(200_000) {
        text.clear();
        for _ in 0..random.usize(..24) {
            match random.u8(..8) {
                0 => text.push(random.char(..)),
                1 => text.push(random.char('\u{0}'..'\u{2100}')),
                2 | 3 => text.push(random.char('!'..'\u{7f}')),
                4 => text.push(' '),
                5 => text.push(*random.choice(&['\n', '\t', '\u{a0}', '\u{3000}', '\u{85}', '\u{1c}']).unwrap()),
                _ => text.push_str(random.choice(FRAGMENTS).unwrap()),
            }
        }
        check_spelling(&pipeline, &mut scratch, &text, &mut spelled);
    }
}

const FRAGMENTS: &[&str] = &[
    "n't",
    "'s",
    ":)",
    ":-D",
    "(ಠ_ಠ)",
    "http://",
    "www.",
    "example.com",
    "a@b.co",
    "US$",
    "km²",
    "U.S.",
    "e.g.",
    "...",
    "--",
    "Mr.",
    "o'clock",
    "10.0.0.1",
    ":8080",
    "/path?q=1#",
    "c++",
    "doin'",
    "\\n",
    "¯\\(ツ)/¯",
    "°C.",
    "1,000",
    "x=1",
    "<3",
    "“",
    "”",
    "’ll",
    "gonna",
    "A.B.C.",
    "-12",
    "«",
    "»",
    "8p.m.",
];

fn check_spelling(pipeline: &Pipeline, scratch: &mut Scratch, text: &str, spelled: &mut String) {
    spelled.clear();
    for token in pipeline.tokens(text, scratch) {
        assert!(token.start < token.end, "{text:?}");
        assert_eq!(token.start as usize, spelled.len(), "{text:?}");
        spelled.push_str(&text[token.start as usize..token.end as usize]);
        if token.space_after {
            spelled.push(' ');
        }
    }
    assert_eq!(spelled, text);
}

#[test]
fn tokenizing_takes_time_linear_in_the_text() {
    let pipeline = open(&convert(|path| file("cnn", path), "").unwrap());
    let mut scratch = pipeline.scratch();
    let mut spelled = String::new();
    let bytes = if cfg!(debug_assertions) { 20_000 } else { 400_000 };
    for unit in ["(", ".", "a.", "a@", "1-", "http://a.b/", "((a", "a)", "'", "x:", "。", "aa.aa@", "\u{1f1eb}", "-a-"]
    {
        let started = std::time::Instant::now();
        check_spelling(&pipeline, &mut scratch, &unit.repeat(bytes / unit.len()), &mut spelled);
        assert!(started.elapsed().as_secs() < 20, "{unit:?} takes {:?}", started.elapsed());
    }
}
