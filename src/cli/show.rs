//! An enriched article as a person wants to read it.
//!
//! Works on the published JSON, as any other reader of the output topic would.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use serde_json::Value;

/// Columns of the page.
const WIDTH: usize = 92;
/// Columns of the margin that names a section.
const MARGIN: usize = 11;
/// Rows of a section that are printed; the rest is counted.
const MAX_ROWS: usize = 12;

/// Whether colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    /// ANSI escapes.
    Yes,
    /// Plain text.
    No,
}

impl Colours {
    /// Colours where standard output is a terminal and `NO_COLOR` (<https://no-color.org>) is not set.
    pub(crate) fn of_stdout() -> Colours {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if io::stdout().is_terminal() && !refused { Colours::Yes } else { Colours::No }
    }
}

/// Writes `article`, an enriched article as it is published, to `out`. What is absent is left out.
pub(crate) fn show(article: &Value, colours: Colours, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page { colours, text: String::new(), section: None };
    page.head(article);
    page.places(article);
    page.names(article);
    page.figures(article);
    page.totals(article);
    page.text.push('\n');
    out.write_all(page.text.as_bytes())
}

#[derive(Debug, Clone, Copy)]
enum Style {
    Plain,
    Bold,
    Dim,
    Red,
    Green,
}

impl Style {
    fn escape(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Bold => "\x1b[1m",
            Style::Dim => "\x1b[2m",
            Style::Red => "\x1b[31m",
            Style::Green => "\x1b[32m",
        }
    }
}

struct Page {
    colours: Colours,
    text: String,
    /// The name that the next row's margin shows.
    section: Option<&'static str>,
}

impl Page {
    fn head(&mut self, article: &Value) {
        let title = text(article, "title").or_else(|| text(article, "id")).unwrap_or_default();
        for line in wrap(&clean(title), WIDTH) {
            self.put(&line, Style::Bold);
            self.text.push('\n');
        }
        let date = text(article, "published_at").map(short_date);
        let parts = [text(article, "source").map(clean), date, text(article, "language").map(clean)];
        self.fact_line(parts.into_iter().flatten());
        self.fact_line(text(article, "url").map(clean).into_iter());
    }

    fn fact_line(&mut self, parts: impl Iterator<Item = String>) {
        let line = parts.collect::<Vec<_>>().join(" · ");
        if !line.is_empty() {
            self.put(&line, Style::Dim);
            self.text.push('\n');
        }
    }

    fn places(&mut self, article: &Value) {
        let primary = text(article, "primary_location");
        let mut places: Vec<&Value> = list(article, "locations").iter().collect();
        // The place that the article is about comes first, then those that play a part.
        places.sort_by_key(|place| {
            let part = ["dateline", "event"].contains(&text(place, "role").unwrap_or_default());
            (text(place, "id") != primary || primary.is_none(), !part)
        });
        self.begin("Where");
        for place in places.iter().take(MAX_ROWS) {
            let mut name = clean(text(place, "name").unwrap_or_default());
            for part in ["admin1", "country_code"] {
                if let Some(part) = text(place, part).filter(|part| *part != name) {
                    let _ = write!(name, ", {}", clean(part));
                }
            }
            let is_primary = primary.is_some() && text(place, "id") == primary;
            let mark = if is_primary { "*" } else { " " };
            self.row();
            self.put(&cell(&format!("{mark} {name}"), 44), if is_primary { Style::Green } else { Style::Plain });
            self.put(&format!(" {:>20}", coordinates(place)), Style::Plain);
            let role = text(place, "role").unwrap_or_default();
            let sure = place["confidence"].as_f64().map(|c| format!("{:.0} %", c * 100.0)).unwrap_or_default();
            self.put(&format!("  {role:<9} {sure:>5}"), Style::Dim);
            self.text.push('\n');
        }
        self.rest(places.len());
    }

    fn names(&mut self, article: &Value) {
        for (section, kinds) in [
            ("Who", &["PERSON", "ORG"][..]),
            ("Also", &["NORP", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"]),
        ] {
            let of_kind = |entity: &&Value| text(entity, "type").is_some_and(|kind| kinds.contains(&kind));
            let names: Vec<&Value> = list(article, "entities").iter().filter(of_kind).collect();
            self.begin(section);
            for entity in names.iter().take(MAX_ROWS) {
                self.row();
                let mentions = list(entity, "mentions").len();
                let kind = text(entity, "type").unwrap_or_default().to_lowercase().replace('_', " ");
                self.put(&cell(&clean(text(entity, "name").unwrap_or_default()), 30), Style::Plain);
                self.put(&format!(" {kind:<11}"), Style::Dim);
                self.put(&cell(&clean(text(entity, "title").unwrap_or_default()), 34), Style::Plain);
                self.put(&format!("{mentions:>3}×"), Style::Dim);
                self.text.push('\n');
            }
            self.rest(names.len());
        }
    }

    fn figures(&mut self, article: &Value) {
        let figures = list(article, "casualties");
        self.begin("How many");
        for figure in figures.iter().take(MAX_ROWS) {
            let kind = text(figure, "kind").unwrap_or_default();
            let count = text(&figure["count"], "text").map_or_else(|| "no number".to_owned(), clean);
            let status = text(figure, "status").unwrap_or_default();
            let current = matches!(status, "reported" | "claimed");
            self.row();
            self.put(&format!("{kind:<12}"), if current { Style::Red } else { Style::Dim });
            self.put(&cell(&count, 22), Style::Bold);
            let mut victims = clean(text(&figure["victims"], "text").unwrap_or_default());
            if let Some(category) = text(&figure["victims"], "category").filter(|c| *c != "unknown") {
                let _ = write!(victims, " ({})", category.replace('_', " "));
            }
            self.put(&format!(" {}", cell(victims.trim_start(), WIDTH - MARGIN - 12 - 22 - 1)), Style::Plain);
            self.end_row();
            let source = text(&figure["attribution"], "text").map(|source| format!(" by {}", clean(source)));
            let mut facts = vec![format!("{status}{}", source.unwrap_or_default())];
            facts.extend(text(figure, "cause").map(clean));
            facts.extend(
                text(figure, "location").and_then(|id| place_name(article, id)).map(|place| format!("in {place}")),
            );
            if let Some(whole) = figure["part_of"].as_u64() {
                facts.push(format!("counted in figure {}", whole + 1));
            }
            for line in wrap(&facts.join(" · "), WIDTH - MARGIN - 12) {
                self.row();
                self.put(&format!("{:12}{line}", ""), Style::Dim);
                self.text.push('\n');
            }
        }
        self.rest(figures.len());
    }

    fn totals(&mut self, article: &Value) {
        let Some(totals) = article["casualty_totals"].as_object().filter(|totals| !totals.is_empty()) else { return };
        self.begin("Totals");
        self.row();
        let totals: Vec<String> = totals.iter().map(|(kind, total)| format!("{kind} {}", total_range(total))).collect();
        self.put(&totals.join(" · "), Style::Bold);
        self.text.push('\n');
    }

    fn begin(&mut self, section: &'static str) {
        self.section = Some(section);
    }

    /// Starts a row; the section's first shows its name in the margin, after an empty line.
    fn row(&mut self) {
        match self.section.take() {
            Some(section) => {
                self.text.push('\n');
                self.put(&format!("{section:<MARGIN$}"), Style::Bold);
            }
            None => self.text.extend(std::iter::repeat_n(' ', MARGIN)),
        }
    }

    fn end_row(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
    }

    /// Says how many rows were left out of `rows`.
    fn rest(&mut self, rows: usize) {
        if rows > MAX_ROWS {
            self.row();
            self.put(&format!("and {} more", rows - MAX_ROWS), Style::Dim);
            self.text.push('\n');
        }
    }

    fn put(&mut self, text: &str, style: Style) {
        if self.colours == Colours::No || style.escape().is_empty() || text.trim().is_empty() {
            self.text.push_str(text);
        } else {
            self.text.extend([style.escape(), text, "\x1b[0m"]);
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// One line without control characters: what an article says must not steer a terminal.
fn clean(text: &str) -> String {
    let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    printable.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` in exactly `width` columns, cut with an ellipsis where it is longer.
fn cell(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return format!("{text:<width$}");
    }
    let mut cut: String = text.chars().take(width - 1).collect();
    cut.push('…');
    cut
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `2025-02-18T09:30:00Z` as `2025-02-18 09:30 UTC`.
fn short_date(date: &str) -> String {
    match (date.get(..10), date.get(11..16)) {
        (Some(day), Some(time)) if date.ends_with('Z') => format!("{} {} UTC", clean(day), clean(time)),
        _ => clean(date),
    }
}

fn coordinates(place: &Value) -> String {
    let (Some(latitude), Some(longitude)) = (place["latitude"].as_f64(), place["longitude"].as_f64()) else {
        return "no coordinates".to_owned();
    };
    let north = if latitude < 0.0 { 'S' } else { 'N' };
    let east = if longitude < 0.0 { 'W' } else { 'E' };
    format!("{:.3}° {north} {:>8.3}° {east}", latitude.abs(), longitude.abs())
}

fn place_name(article: &Value, id: &str) -> Option<String> {
    list(article, "locations")
        .iter()
        .find(|place| text(place, "id") == Some(id))
        .and_then(|p| text(p, "name"))
        .map(clean)
}

/// `12`, `12 (10 to 15)`, `12 or more`.
fn total_range(total: &Value) -> String {
    let best = total["best"].as_u64().unwrap_or_default();
    let low = total["low"].as_u64().unwrap_or(best);
    match total["high"].as_u64() {
        Some(high) if low == high => grouped(best),
        Some(high) => format!("{} ({} to {})", grouped(best), grouped(low), grouped(high)),
        None if low == best => format!("{} or more", grouped(best)),
        None => format!("{} ({} or more)", grouped(best), grouped(low)),
    }
}

/// `80,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article() -> Value {
        serde_json::json!({
            "id": "a-1", "title": "Shelling kills twelve at a market in Sumy, officials say",
            "source": "Example Wire", "published_at": "2025-02-18T09:30:00Z", "language": "en",
            "entities": [
                {"id": "e1", "name": "Olena Marchuk", "type": "PERSON", "title": "regional governor",
                 "mentions": [{}, {}]},
                {"id": "e2", "name": "Sumy", "type": "GPE", "mentions": [{}]}
            ],
            "locations": [
                {"id": "l1", "name": "Ukraine", "country_code": "UA", "latitude": 49.0, "longitude": 32.0,
                 "role": "mentioned", "confidence": 0.9},
                {"id": "l2", "name": "Sumy", "admin1": "Sumy Oblast", "country_code": "UA", "latitude": 50.9216,
                 "longitude": 34.80029, "role": "event", "confidence": 0.97}
            ],
            "primary_location": "l2",
            "casualties": [
                {"kind": "killed", "count": {"low": 12, "high": null, "text": "at least 12"},
                 "victims": {"text": "shoppers", "category": "civilian"}, "status": "reported", "part_of": null,
                 "attribution": {"text": "the governor", "entity": "e1"}, "cause": "shelling", "location": "l2"},
                {"kind": "killed", "count": {"text": "two"}, "victims": {"text": "children", "category": "child"},
                 "status": "reported", "part_of": 0}
            ],
            "casualty_totals": {"killed": {"best": 12, "low": 12, "high": null}}
        })
    }

    fn page(article: &Value, colours: Colours) -> String {
        let mut out = Vec::new();
        show(article, colours, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn everything_that_was_found_is_on_the_page() {
        let page = page(&article(), Colours::No);
        for part in [
            "Example Wire · 2025-02-18 09:30 UTC · en",
            "* Sumy, Sumy Oblast, UA",
            "50.922° N   34.800° E  event      97 %",
            "Olena Marchuk",
            "regional governor",
            "at least 12",
            "shoppers (civilian)",
            "reported by the governor · shelling · in Sumy",
            "counted in figure 1",
            "killed 12 or more",
        ] {
            assert!(page.contains(part), "{part:?} is not in\n{page}");
        }
        let (first, second) = (page.find("* Sumy").unwrap(), page.find("Ukraine, UA").unwrap());
        assert!(first < second, "the place that the article is about comes first");
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    }

    #[test]
    fn totals_are_read_at_a_glance() {
        let total =
            |best, low, high: Option<u64>| total_range(&serde_json::json!({"best": best, "low": low, "high": high}));
        assert_eq!(total(0, 0, Some(0)), "0");
        assert_eq!(total(999, 999, Some(999)), "999");
        assert_eq!(total(80_000, 1000, Some(1_234_567)), "80,000 (1,000 to 1,234,567)");
        assert_eq!(total(12, 10, None), "12 (10 or more)");
        assert_eq!(total(12, 12, None), "12 or more");
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        assert!(!page(&article(), Colours::No).contains('\x1b'));
        let coloured = page(&article(), Colours::Yes);
        assert_eq!(coloured.matches("\x1b[0m").count() * 2, coloured.matches('\x1b').count());
    }

    #[test]
    fn an_article_cannot_steer_the_terminal() {
        let mut hostile = article();
        hostile["title"] = "\x1b]0;owned\x07\r\nred".into();
        hostile["entities"][0]["name"] = "\x1b[31mBob".into();
        assert!(!page(&hostile, Colours::No).contains(['\x1b', '\x07', '\r']));
    }

    #[test]
    fn long_lists_are_cut_and_counted_and_empty_ones_left_out() {
        let person = serde_json::json!({"name": "A ".repeat(40), "type": "PERSON", "mentions": []});
        let page = page(&serde_json::json!({"id": "x", "entities": vec![person; MAX_ROWS + 3]}), Colours::No);
        assert!(page.contains("and 3 more"), "{page}");
        assert!(!page.contains("Where") && !page.contains("Totals"), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    }

    #[test]
    fn anything_that_is_no_article_is_printed_without_a_panic() {
        for value in [Value::Null, serde_json::json!([1]), serde_json::json!({"locations": [null], "casualties": [1]})]
        {
            page(&value, Colours::No);
        }
    }
}
