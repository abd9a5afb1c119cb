//! The tables `tests/cases/{articles,sentences,tokens}.toml`, held against the library.

use dateline::article::{Article, Limits, Mapping, Reader};
use dateline::text::{TextField, TokenKind};
use serde::Deserialize;

/// The mapping that the cases are written for.
pub(crate) fn mapping() -> Mapping {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Mapping {
        text: names(&["text", "body", "content", "/article/body"]),
        title: names(&["title", "headline"]),
        id: names(&["id", "_id", "/_id/$oid"]),
        url: names(&["url"]),
        source: names(&["source"]),
        published_at: names(&["published_at"]),
        language: names(&["language"]),
        keep_extra: true,
    }
}

fn read_table<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let table = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&table).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Fails with every case that is wrong, not only the first.
fn report(table: &str, failures: &[String]) {
    assert!(failures.is_empty(), "{table}: {} cases fail\n\n{}", failures.len(), failures.join("\n\n"));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Articles {
    case: Vec<ArticleCase>,
    date: Vec<DateCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleCase {
    about: String,
    payload: Option<String>,
    payload_hex: Option<String>,
    article: Option<Expected>,
    reason: Option<String>,
    says: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Expected {
    id: Option<String>,
    title: Option<String>,
    text: Option<String>,
    url: Option<String>,
    source: Option<String>,
    published_at: Option<String>,
    language: Option<String>,
    extra: Option<String>,
    absent: Vec<String>,
}

impl Expected {
    /// The fields that differ.
    fn differences(&self, article: &Article) -> Vec<String> {
        let found = [
            ("id", &self.id, Some(article.id.clone())),
            ("title", &self.title, article.title.clone()),
            ("text", &self.text, Some(article.text.clone())),
            ("url", &self.url, article.url.clone()),
            ("source", &self.source, article.source.clone()),
            ("published_at", &self.published_at, article.published_at.map(|at| at.to_string())),
            ("language", &self.language, article.language.clone()),
            ("extra", &self.extra, serde_json::to_string(&article.extra).ok()),
        ];
        let differs = |expected: &Option<String>, found: &Option<String>, name: &str| {
            expected.is_some() && expected != found || found.is_some() && self.absent.iter().any(|a| a == name)
        };
        let wrong = found.iter().filter(|(name, expected, found)| differs(expected, found, name));
        wrong.map(|(name, expected, found)| format!("{name}: expected {expected:?}, found {found:?}")).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DateCase {
    written: serde_json::Value,
    is: Option<String>,
}

fn bytes_of_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal")).collect()
}

#[test]
fn articles() {
    let reader = Reader::new(mapping(), Limits { max_bytes: 4_000, max_depth: 8, max_text_chars: 200 });
    let table: Articles = read_table("articles.toml");
    let mut failures = Vec::new();
    for case in table.case {
        let payload = case.payload.map(String::into_bytes).or(case.payload_hex.as_deref().map(bytes_of_hex));
        let wrong = match (reader.read(payload.as_deref()), case.article, case.reason) {
            (Ok(article), Some(expected), None) => expected.differences(&article),
            (Err(rejection), None, Some(reason)) => {
                let message = rejection.to_string();
                let says = case.says.unwrap_or_default();
                if rejection.reason() == reason && message.contains(&says) { vec![] } else { vec![message] }
            }
            (found, _, _) => vec![format!("{found:?}")],
        };
        if !wrong.is_empty() {
            failures.push(format!("{}:\n  {}", case.about, wrong.join("\n  ")));
        }
    }
    report("articles.toml", &failures);
}

#[test]
fn dates() {
    let reader = Reader::new(mapping(), Limits { max_bytes: 4_000, max_depth: 8, max_text_chars: 200 });
    let table: Articles = read_table("articles.toml");
    let mut failures = Vec::new();
    for DateCase { written, is } in table.date {
        let payload = serde_json::json!({ "text": "x", "published_at": written }).to_string();
        let article = reader.read(Some(payload.as_bytes())).expect("a text");
        let found = article.published_at.map(|at| at.to_string());
        if found != is {
            failures.push(format!("{written}: expected {is:?}, found {found:?}"));
        }
    }
    report("articles.toml", &failures);
}

#[test]
fn a_payload_beyond_the_limit_is_not_even_parsed() {
    let reader = Reader::new(mapping(), Limits { max_bytes: 10, max_depth: 8, max_text_chars: 200 });
    let rejection = reader.read(Some(b"{\"text\": not JSON")).expect_err("too large");
    assert_eq!(rejection.reason(), "too_large");
    assert!(rejection.to_string().contains("17 bytes, more than max_bytes = 10"), "{rejection}");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    case: Vec<TokensCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokensCase {
    about: String,
    text: String,
    tokens: String,
}

#[test]
fn tokens() {
    let table: Tokens = read_table("tokens.toml");
    let mut failures = Vec::new();
    for TokensCase { about, text, tokens } in table.case {
        let mut found = Vec::new();
        dateline::text::token::tokenize(&text, &mut found);
        let found: Vec<String> = found
            .iter()
            .map(|token| {
                let word = token.span.of(&text);
                match token.kind {
                    TokenKind::Word => word.to_owned(),
                    TokenKind::Number => format!("{word}/N"),
                    TokenKind::Punctuation => format!("{word}/P"),
                }
            })
            .collect();
        let found = found.join("|");
        if found != tokens {
            failures.push(format!("{about}:\n  expected {tokens}\n  found    {found}"));
        }
    }
    report("tokens.toml", &failures);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    case: Vec<SentencesCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentencesCase {
    about: String,
    text: String,
    sentences: Vec<String>,
}

#[test]
fn sentences() {
    let table: Sentences = read_table("sentences.toml");
    let mut failures = Vec::new();
    for SentencesCase { about, text, sentences } in table.case {
        let field = TextField::parse(&text);
        let spans = field.sentences.iter().map(|s| field.span_of(s.start as usize..s.end as usize));
        let found: Vec<&str> = spans.map(|span| span.of(&text)).collect();
        if found != sentences {
            failures.push(format!("{about}:\n  expected {sentences:?}\n  found    {found:?}"));
        }
    }
    report("sentences.toml", &failures);
}
