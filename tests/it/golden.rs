//! Whole articles and what is found in them, as snapshots to be read by eye: `tests/snapshots/*.txt`.
//!
//! Each line of an article stands above carets under the spans in it, one row for each that would overlap another.
//! `ACCEPT_SNAPSHOTS=1 cargo test --release --test it golden` writes the snapshots anew; read the difference before
//! you commit it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const WIDTH: usize = 110;

/// A span to point at: Unicode scalar values of its field, and what to say of it.
struct Pointer {
    field: String,
    start: usize,
    end: usize,
    says: String,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("-")
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn pointers(article: &Value) -> Vec<Pointer> {
    let mut pointers = Vec::new();
    let mut point = |mention: &Value, says: String| {
        let at = |key: &str| mention[key].as_u64().expect("a mention has offsets") as usize;
        pointers.push(Pointer { field: text(mention, "field").to_owned(), start: at("start"), end: at("end"), says });
    };
    for entity in list(article, "entities") {
        list(entity, "mentions").for_each(|m| point(m, format!("{} {}", text(entity, "id"), text(entity, "type"))));
    }
    for place in list(article, "locations") {
        list(place, "mentions").for_each(|m| point(m, text(place, "id").to_owned()));
    }
    for (index, figure) in list(article, "casualties").enumerate() {
        point(&figure["mention"], format!("#{index} {}", text(figure, "kind")));
    }
    pointers.sort_by_key(|p| (p.start, std::cmp::Reverse(p.end)));
    pointers
}

/// Writes `content` in lines of at most [`WIDTH`] with the pointers of `field` below.
fn annotate(out: &mut String, content: &str, field: &str, pointers: &[Pointer]) {
    let chars: Vec<char> = content.chars().collect();
    let mut start = 0;
    while start < chars.len() {
        let limit = (start + WIDTH).min(chars.len());
        let newline = chars[start..limit].iter().position(|&c| c == '\n').map(|at| start + at);
        let space = chars[start..limit].iter().rposition(|&c| c == ' ').map(|at| start + at + 1);
        let end = newline.unwrap_or(if limit == chars.len() { limit } else { space.unwrap_or(limit) });
        let line: String = chars[start..end].iter().collect();
        let _ = writeln!(out, "{}", line.trim_end());
        let mut rows: Vec<String> = Vec::new();
        for pointer in pointers.iter().filter(|p| p.field == field && p.start < end && p.end > start) {
            let from = pointer.start.max(start) - start;
            let carets = "^".repeat(pointer.end.min(end) - start - from);
            let free = |row: &String| row.chars().count() + usize::from(!row.is_empty()) <= from;
            let row = match rows.iter().position(free) {
                Some(row) => row,
                None => {
                    rows.push(String::new());
                    rows.len() - 1
                }
            };
            let row = &mut rows[row];
            let _ = write!(row, "{}{carets} {}", " ".repeat(from - row.chars().count()), pointer.says);
        }
        rows.iter().for_each(|row| {
            let _ = writeln!(out, "{row}");
        });
        start = end + usize::from(newline.is_some());
    }
}

fn snapshot(article: &Value) -> String {
    let mut out = String::new();
    let pointers = pointers(article);
    let _ = writeln!(out, "{} · {}\n", text(article, "id"), text(article, "language"));
    if let Some(title) = article["title"].as_str() {
        annotate(&mut out, title, "title", &pointers);
        out.push('\n');
    }
    annotate(&mut out, text(article, "text"), "body", &pointers);
    out.push('\n');
    for e in list(article, "entities") {
        let _ = write!(out, "{} {} {}", text(e, "id"), text(e, "type"), text(e, "name"));
        let _ = write!(out, " | title {} | salience {:.2}", text(e, "title"), e["salience"].as_f64().unwrap_or(0.0));
        let aliases: Vec<&str> = list(e, "aliases").filter_map(Value::as_str).collect();
        let _ = writeln!(out, " | aliases {} | {}", aliases.join(", "), text(e, "location"));
    }
    for l in list(article, "locations") {
        let primary = if article["primary_location"] == l["id"] { "*" } else { "" };
        let _ = write!(
            out,
            "{}{primary} {} {} {}",
            text(l, "id"),
            text(l, "name"),
            text(l, "admin1"),
            text(l, "country_code")
        );
        let _ = write!(out, " | {} {}", text(l, "feature_code"), text(l, "role"));
        let _ = writeln!(out, " | geonames {} | {:.2}", l["geonames_id"], l["confidence"].as_f64().unwrap_or(0.0));
    }
    for (index, f) in list(article, "casualties").enumerate() {
        let count = &f["count"];
        let _ = write!(
            out,
            "#{index} {} {}..{} {}",
            text(f, "kind"),
            count["low"],
            count["high"],
            text(count, "qualifier")
        );
        let victims = &f["victims"];
        let _ = write!(out, " | {} ({})", text(victims, "text"), text(victims, "category"));
        let _ = write!(out, " | {} by {} | {}", text(f, "status"), text(&f["attribution"], "text"), text(f, "cause"));
        let _ = writeln!(out, " | {} | part of {}", text(f, "location"), f["part_of"]);
    }
    let _ = writeln!(out, "totals {}", article["casualty_totals"]);
    out
}

#[test]
fn the_examples_are_found_as_the_snapshots_show() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("enrich")
        .arg(root.join("examples/articles.jsonl"))
        .output()
        .expect("the binary starts");
    let lines = String::from_utf8(output.stdout).expect("the output is UTF-8");
    let folder = root.join("tests/snapshots");
    let accept = std::env::var_os("ACCEPT_SNAPSHOTS").is_some();
    let mut differ = Vec::new();
    let mut articles = 0;
    for line in lines.lines() {
        let article: Value = serde_json::from_str(line).expect("each line is JSON");
        // An id that was made from the content is long and tells nothing.
        let id: String = text(&article, "id").chars().take(24).collect();
        let path: PathBuf = folder.join(format!("{id}.txt"));
        let found = snapshot(&article);
        if accept {
            std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, &found)).expect("it is written");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != found {
            let name = path.strip_prefix(root).unwrap_or(&path).display();
            differ.push(format!("{name} is another now:\n{found}"));
        }
        articles += 1;
    }
    assert!(articles >= 20, "{articles} articles: {}", String::from_utf8_lossy(&output.stderr));
    assert!(differ.is_empty(), "{}\nread them, then ACCEPT_SNAPSHOTS=1 accepts them", differ.join("\n"));
}
