//! `dateline enrich` and `dateline schema`: the contract as a user meets it, without a broker.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Written for this test; each mentions characters outside of the Basic Multilingual Plane or of ASCII, so that
/// offsets in bytes or in UTF-16 would not do.
const ARTICLES: [(&str, &str, &str); 3] = [
    (
        "flood",
        "Floods kill nine in Mozambique",
        "BEIRA, Mozambique — At least nine people were killed and 30 others injured when the Púngwè burst its banks \
         near Beira 🌊 on Monday, the mayor, João Sitoe, said. Another 2,000 people were displaced.",
    ),
    (
        "talks",
        "Ministers meet in Łódź",
        "ŁÓDŹ, Poland: Foreign Minister Anna Żak met her Czech counterpart, Petr Novák, in Łódź on Friday. They \
         spoke about trade and 🚆 railways, and about 176 drones that Poland had bought.",
    ),
    ("sport", "", "Peñarol beat Nacional 2-1 in Montevideo on Sunday. José Álvarez scored twice ⚽ for the visitors."),
];

fn lines() -> String {
    ARTICLES
        .iter()
        .map(|(id, title, text)| serde_json::json!({ "id": id, "title": title, "text": text }).to_string() + "\n")
        .collect()
}

fn dateline(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_owned();
    // A process that ends early closes the pipe; its exit code and output tell.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the input is written");
    output
}

fn documents(output: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(output).expect("the output is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the file is there")
}

#[test]
fn schema_prints_the_published_file() {
    let output = dateline(&["schema"], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/enriched-article-1.0.json");
    assert_eq!(text(&output.stdout), read(&published));
}

#[test]
fn what_comes_out_fits_the_schema_and_its_offsets_slice_the_text() {
    let schema: Value = serde_json::from_slice(&dateline(&["schema"], "").stdout).expect("the schema is JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is sound");
    let output = dateline(&["enrich", "-"], &lines());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let documents = documents(&output.stdout);
    let ids: Vec<&Value> = documents.iter().map(|document| &document["id"]).collect();
    assert_eq!(ids, ["flood", "talks", "sport"], "order is kept");
    for (document, (_, _, body)) in documents.iter().zip(ARTICLES) {
        assert_eq!(document["text"], body, "a clean text is published as it came");
        let errors: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {document}");
        let mut mentions = 0;
        check_mentions(document, document, &mut mentions);
        check_overlap(document);
        assert!(mentions > 0, "nothing was found in {document}");
    }
}

/// No two mentions of entities share a character.
fn check_overlap(document: &Value) {
    let mentions =
        document["entities"].as_array().into_iter().flatten().flat_map(|e| e["mentions"].as_array().unwrap());
    let mut spans: Vec<_> = mentions.map(|m| (m["field"].as_str(), m["start"].as_u64(), m["end"].as_u64())).collect();
    spans.sort_unstable();
    for pair in spans.windows(2) {
        assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{pair:?} overlap in {}", document["id"]);
    }
}

/// Every object with offsets anywhere in `value` must slice the text that it names to its own text.
fn check_mentions(document: &Value, value: &Value, count: &mut usize) {
    match value {
        Value::Object(object) => {
            if let (Some(start), Some(end)) = (value["start"].as_u64(), value["end"].as_u64()) {
                let field = if object["field"] == "title" { "title" } else { "text" };
                let whole = document[field].as_str().expect("a mention's text is published");
                let slice: String = whole.chars().take(end as usize).skip(start as usize).collect();
                assert_eq!(object["text"], slice.as_str());
                *count += 1;
            }
            object.values().for_each(|value| check_mentions(document, value, count));
        }
        Value::Array(values) => values.iter().for_each(|value| check_mentions(document, value, count)),
        _ => {}
    }
}

#[test]
fn bad_lines_are_named_kept_and_tell_by_the_exit_code() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let (input, out, dead) = (folder.path().join("in.jsonl"), folder.path().join("out"), folder.path().join("dead"));
    let long = format!("{{\"text\": \"{}\"}}", "word ".repeat(1000));
    let bad = ["{\"text\": \"broken", "{\"text\": \" \"}", "[1, 2]", &long];
    let content = format!("{}\n\n{}\n{}{}\n{}", bad[0], bad[1], lines(), bad[2], bad[3]);
    std::fs::write(&input, content).expect("the input is written");
    let path = |path: &Path| path.display().to_string();
    let output = dateline(
        &["--set", "article.max_bytes=4000B", "enrich", &path(&input), "-o", &path(&out), "--dead", &path(&dead)],
        "",
    );
    let complaints = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaints}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    assert_eq!(documents(read(&out).as_bytes()).len(), ARTICLES.len());
    assert_eq!(read(&dead), bad.map(|line| format!("{line}\n")).concat(), "bad lines are kept as they were");
    for (number, reason) in [(1, ""), (3, ""), (7, ""), (8, "(too_large)")] {
        let start = format!("{}:{number}: ", input.display());
        let named = complaints.lines().any(|line| line.starts_with(&start) && line.ends_with(reason));
        assert!(named, "{start}{reason} is not in {complaints}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let articles = lines().repeat(200);
    let [one, four] = ["1", "4"].map(|threads| {
        let output = dateline(&["enrich", "-", "--threads", threads], &articles);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mut documents = documents(&output.stdout);
        for document in &mut documents {
            for stamped in ["processed_at", "duration_us"] {
                document["enrichment"][stamped] = Value::Null;
            }
        }
        documents
    });
    assert_eq!(one.len(), 3 * 200);
    assert!(one == four, "the outputs differ");
}

#[test]
fn pretty_output_is_the_same_json() {
    let output = dateline(&["enrich", "--pretty", "-"], &lines());
    let documents: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .expect("the output is JSON");
    assert_eq!(documents.len(), ARTICLES.len());
    assert!(text(&output.stdout).lines().count() > 60, "it is not indented");
}

#[test]
fn a_reader_that_has_enough_ends_the_work_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["enrich", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let writer = std::thread::spawn(move || {
        // Endless: ends only when the other side closes the pipe.
        while stdin.write_all(lines().as_bytes()).is_ok() {}
    });
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("stdout is piped")).read_line(&mut first).expect("a line comes");
    assert_eq!(documents(first.as_bytes())[0]["id"], "flood");
    // The reader is dropped here, and stdout closed.
    let mut complaints = String::new();
    child.stderr.take().expect("stderr is piped").read_to_string(&mut complaints).expect("stderr is text");
    assert_eq!((child.wait().expect("it ends").code(), complaints.as_str()), (Some(0), ""));
    writer.join().expect("the pipe is closed");
}

#[test]
fn a_pipe_is_answered_at_once() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .args(["enrich", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    for _ in 0..2 {
        stdin.write_all(lines().as_bytes()).expect("it reads");
        for (id, ..) in ARTICLES {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("an answer comes before the input ends");
            assert_eq!(documents(line.as_bytes())[0]["id"], id);
        }
    }
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn wrong_usage_and_missing_files_are_told() {
    assert_eq!(dateline(&["enrich"], "").status.code(), Some(2), "the file is missing on the command line");
    let output = dateline(&["enrich", "no/such/file"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read no/such/file"), "{}", text(&output.stderr));
}
