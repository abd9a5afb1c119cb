//! The order of the house, held by reading the source: who may import whom, what must be absent where, how long
//! a file may be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The chain of the data; each room may import only what stands to its left.
const CHAIN: [&str; 10] =
    ["text", "article", "spacy", "entities", "locations", "casualties", "enriched", "enrich", "worker", "cli"];
/// Rooms that import nothing of the crate, and who may import them.
const LEAVES: [(&str, &[&str]); 2] = [("config", &["worker", "cli"]), ("telemetry", &["worker", "cli"])];
/// Artifacts: may use what stands left of the worker; used by the command line only.
const DATA: &str = "data";
/// What nothing left of the worker may mention: there, the same article and artifacts always give the same output.
const IMPURE: [&str; 10] = [
    "tokio",
    "rdkafka",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "fastrand",
];
/// Rooms whose types may be written as JSON or TOML; the domain's may not.
const SERIALIZED: [&str; 6] = ["enriched", "spacy", "config", "cli", "telemetry", "data"];
/// The only files that may hold `unsafe`.
const UNSAFE: [&str; 1] = ["src/data/map.rs"];
const MAX_LINES: usize = 600;

/// A source file, and its code without comments and without its unit tests.
struct Source {
    /// Relative to the package.
    path: String,
    text: String,
    code: String,
}

impl Source {
    fn read(path: &Path) -> Source {
        let text = std::fs::read_to_string(path).unwrap();
        let without_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = without_tests
            .lines()
            .map(
                |line| if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or(line) },
            )
            .collect::<Vec<_>>()
            .join("\n");
        let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_string_lossy().into_owned();
        Source { path, text, code }
    }

    /// The room that the file belongs to: `article` for src/article.rs and src/article/html.rs.
    fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap();
        inside.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// How many `super::` lead from the file's own items to the crate's root.
    fn depth(&self) -> usize {
        let inside = self.path.strip_prefix("src/").unwrap().trim_end_matches(".rs").trim_end_matches("/mod");
        inside.split('/').count()
    }

    /// The rooms that its code names, by `crate::` or by enough `super::`.
    fn imports(&self) -> BTreeSet<String> {
        let to_root = "super::".repeat(self.depth());
        let paths = self.code.match_indices("crate::").map(|(at, root)| at + root.len());
        let climbs = self.code.match_indices(&to_root).map(|(at, root)| at + root.len());
        paths.chain(climbs).flat_map(|at| first_segments(&self.code[at..])).collect()
    }

    fn mentions(&self, word: &str) -> bool {
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        self.code
            .match_indices(word)
            .any(|(at, _)| !self.code[..at].ends_with(joins) && !self.code[at + word.len()..].starts_with(joins))
    }

    fn derives_serialize(&self) -> bool {
        self.code.split("derive(").skip(1).any(|rest| {
            let names = rest.split(')').next().unwrap_or_default();
            names.split(',').any(|name| name.trim().rsplit("::").next() == Some("Serialize"))
        })
    }
}

/// The first segments of a path or of a group of paths: `a::B` and `{a::B, c::{D, E}}`.
fn first_segments(path: &str) -> Vec<String> {
    let segment = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(group) = path.strip_prefix('{') else { return vec![segment(path)] };
    let (mut depth, mut start, mut segments) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                segments.push(segment(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

/// Every Rust file below a folder of the package.
fn sources(folder: &str) -> Vec<Source> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(Source::read(&path));
            }
        }
    }
    files
}

/// The rooms' files, without the crate's root and the binary's.
fn rooms() -> Vec<Source> {
    let mut files = sources("src");
    files.retain(|file| !["lib", "main"].contains(&file.room()));
    assert!(files.len() >= CHAIN.len(), "the source is read");
    files
}

fn rank(room: &str) -> Option<usize> {
    CHAIN.iter().position(|link| *link == room)
}

/// Whether `room` may import `other`.
fn may_import(room: &str, other: &str) -> bool {
    if room == other {
        return true;
    }
    if let Some((_, users)) = LEAVES.iter().find(|(leaf, _)| *leaf == other) {
        return users.contains(&room);
    }
    let worker = rank("worker");
    match (room, other) {
        (_, DATA) => room == "cli",
        (DATA, _) => rank(other).is_some() && rank(other) < worker,
        _ => rank(other).is_some() && rank(other) < rank(room),
    }
}

fn fail_if_any(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

#[test]
fn each_room_imports_only_what_stands_to_its_left() {
    let mut broken = Vec::new();
    for file in rooms() {
        let room = file.room();
        let known = rank(room).is_some() || room == DATA || LEAVES.iter().any(|(leaf, _)| *leaf == room);
        assert!(known, "{} is in a room that this test does not know", file.path);
        let others = file.imports();
        broken.extend(others.iter().filter(|other| !may_import(room, other)).map(|o| format!("{}: {o}", file.path)));
    }
    fail_if_any("imports against the chain", broken);
}

#[test]
fn nothing_left_of_the_worker_knows_kafka_files_or_the_clock() {
    let mut broken = Vec::new();
    for file in rooms().iter().filter(|file| rank(file.room()) < rank("worker") && rank(file.room()).is_some()) {
        broken.extend(IMPURE.iter().filter(|word| file.mentions(word)).map(|word| format!("{}: {word}", file.path)));
    }
    fail_if_any("only the worker and the command line may know these", broken);
}

#[test]
fn only_the_contract_and_the_edges_serialize() {
    let files = rooms();
    let broken = files.iter().filter(|file| !SERIALIZED.contains(&file.room()) && file.derives_serialize());
    fail_if_any("domain types that derive Serialize", broken.map(|file| file.path.clone()).collect());
    assert!(files.iter().any(Source::derives_serialize), "the contract's types are found");
}

#[test]
fn unsafe_stays_in_its_file() {
    let files = sources("src");
    let broken = files.iter().filter(|file| !UNSAFE.contains(&file.path.as_str()) && file.mentions("unsafe"));
    fail_if_any("unsafe outside its file", broken.map(|file| file.path.clone()).collect());
}

#[test]
fn files_open_with_what_they_hold_and_end_before_they_sprawl() {
    let mut broken = Vec::new();
    for file in ["src", "tests", "benches", "examples"].into_iter().flat_map(sources) {
        if !file.text.starts_with("//! ") {
            broken.push(format!("{} does not open with `//!`", file.path));
        }
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            broken.push(format!("{} has {lines} lines, more than {MAX_LINES}", file.path));
        }
        let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        if ["util", "utils", "helper", "helpers", "common", "misc"].contains(&stem) {
            broken.push(format!("{} is named after nothing", file.path));
        }
    }
    fail_if_any("untidy files", broken);
}

#[test]
fn every_dependency_is_explained() {
    let read = |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let explained = read("ARCHITECTURE.md");
    let tables = ["dependencies", "dev-dependencies"].into_iter().filter_map(|table| manifest[table].as_table());
    let names = tables.flat_map(|table| table.keys());
    let broken = names.filter(|name| !explained.contains(&format!("`{name}`"))).cloned().collect();
    fail_if_any("dependencies that ARCHITECTURE.md does not explain, as `name`", broken);
}

#[test]
fn imports_are_found_in_every_form() {
    assert_eq!(first_segments("article::{self, Reader};"), ["article"]);
    assert_eq!(first_segments("{article::{Reader, json}, text::Span, enrich};"), ["article", "text", "enrich"]);
    assert!(may_import("worker", "config") && may_import("casualties", "text") && may_import("cli", DATA));
    assert!(!may_import("text", "article") && !may_import("enrich", "config") && !may_import("worker", DATA));
    assert!(may_import(DATA, "locations") && !may_import(DATA, "worker") && !may_import("config", "text"));
}
