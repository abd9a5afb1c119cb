//! From the bytes of a record to an [`Article`]: field mapping, HTML, Unicode, limits.
//!
//! Parse, don't validate: what comes out of [`Reader::read`] has a text that is clean and not blank, and an
//! id. This is the only stage that can reject; the [`Rejection`] says why.

mod clean;
mod date;
mod html;
mod json;
mod rejection;

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::text::language;
use json::{Members, Path, Survey};
pub use rejection::Rejection;

/// Where in a raw record the fields of an article are found. Each is a list of names, the first that holds
/// something (neither null nor a blank string) counts; a name that starts with `/` is a JSON pointer
/// (RFC 6901) into nested objects.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The body.
    pub text: Vec<String>,
    /// The headline.
    pub title: Vec<String>,
    /// The id.
    pub id: Vec<String>,
    /// The address.
    pub url: Vec<String>,
    /// The publisher.
    pub source: Vec<String>,
    /// The date of publication: RFC 3339, RFC 2822, or seconds or milliseconds since 1970, as a number or in
    /// digits. What cannot be read is no date; it rejects nothing.
    pub published_at: Vec<String>,
    /// The language, as an ISO 639-1 code or a BCP 47 tag.
    pub language: Vec<String>,
    /// Whether fields that none of the above names are kept and published under `extra`.
    pub keep_extra: bool,
}

/// What a record may measure.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the payload; at most [`Limits::MAX_BYTES`].
    pub max_bytes: usize,
    /// Levels of nested objects and arrays; at most [`Limits::MAX_DEPTH`].
    pub max_depth: usize,
    /// Unicode scalar values of the clean text.
    pub max_text_chars: usize,
}

impl Limits {
    /// What `max_bytes` can be at most: positions in a text count in 32 bits.
    pub const MAX_BYTES: usize = 1 << 30;
    /// What `max_depth` can be at most: the JSON parser reads no deeper.
    pub const MAX_DEPTH: usize = 120;
}

/// An article with a clean text.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// The record's own id, a string or a number as it is written; or a stable one made from its content:
    /// the first half of the SHA-256 of title, text and address, in hexadecimal.
    pub id: String,
    /// The address.
    pub url: Option<String>,
    /// The publisher.
    pub source: Option<String>,
    /// The headline, clean.
    pub title: Option<String>,
    /// When it was published; `None` where the record does not tell or its date cannot be read.
    pub published_at: Option<jiff::Timestamp>,
    /// The language that the record states, as a lower-case ISO 639-1 code.
    pub language: Option<String>,
    /// The body: never blank, without markup and control characters.
    pub text: String,
    /// Fields that the mapping does not name, where they are kept.
    pub extra: Map<String, Value>,
}

/// Makes articles from payloads.
#[derive(Debug, Clone)]
pub struct Reader {
    text: Vec<Path>,
    title: Vec<Path>,
    id: Vec<Path>,
    url: Vec<Path>,
    source: Vec<Path>,
    published_at: Vec<Path>,
    language: Vec<Path>,
    keep_extra: bool,
    limits: Limits,
}

impl Reader {
    /// A reader with this mapping and these limits, lowered to what [`Limits`] allows.
    #[must_use]
    pub fn new(mapping: Mapping, limits: Limits) -> Reader {
        let paths = |names: Vec<String>| names.iter().map(|name| Path::new(name)).collect();
        Reader {
            text: paths(mapping.text),
            title: paths(mapping.title),
            id: paths(mapping.id),
            url: paths(mapping.url),
            source: paths(mapping.source),
            published_at: paths(mapping.published_at),
            language: paths(mapping.language),
            keep_extra: mapping.keep_extra,
            limits: Limits {
                max_bytes: limits.max_bytes.min(Limits::MAX_BYTES),
                max_depth: limits.max_depth.min(Limits::MAX_DEPTH),
                max_text_chars: limits.max_text_chars,
            },
        }
    }

    /// Reads the payload of one record; `None` is Kafka's null.
    ///
    /// Half a surrogate pair, escaped in a JSON string, is read as U+FFFD: a text cut in the middle of an
    /// emoji is still an article. Broken UTF-8 is not mended, for nobody knows what it was.
    ///
    /// # Errors
    /// A [`Rejection`] where the payload is no article.
    pub fn read(&self, payload: Option<&[u8]>) -> Result<Article, Rejection> {
        let Limits { max_bytes, max_depth, .. } = self.limits;
        let payload = payload.ok_or(Rejection::Tombstone)?;
        if payload.len() > max_bytes {
            return Err(Rejection::TooLarge { bytes: payload.len(), max_bytes });
        }
        let json = std::str::from_utf8(payload)
            .map_err(|e| Rejection::NotUtf8 { offset: e.valid_up_to(), byte: payload[e.valid_up_to()] })?;
        let json = json.strip_prefix('\u{FEFF}').unwrap_or(json);
        let survey = Survey::of(json, max_depth);
        if survey.depth > max_depth {
            return Err(Rejection::TooDeep { max_depth });
        }
        if survey.lone_surrogates { self.read_json(&json::mend_surrogates(json)) } else { self.read_json(json) }
    }

    fn read_json(&self, json: &str) -> Result<Article, Rejection> {
        match json.trim_ascii_start().as_bytes().first() {
            None => Err(Rejection::EmptyPayload),
            Some(b'{') => self.read_object(&serde_json::from_str(json).map_err(|e| not_json(&e))?),
            Some(b'"') => self.read_string(json),
            Some(_) => {
                serde_json::from_str::<serde::de::IgnoredAny>(json).map_err(|e| not_json(&e))?;
                Err(Rejection::WrongShape { found: json::shape(json) })
            }
        }
    }

    /// An article that is nothing but its text.
    fn read_string(&self, json: &str) -> Result<Article, Rejection> {
        let text = json::string(json).map_err(|e| not_json(&e))?;
        let text = self.clean_text(text, "the payload")?;
        Ok(Article {
            id: content_id(None, &text, None),
            url: None,
            source: None,
            title: None,
            published_at: None,
            language: None,
            text,
            extra: Map::new(),
        })
    }

    fn read_object(&self, members: &Members<'_>) -> Result<Article, Rejection> {
        if members.0.is_empty() {
            return Err(Rejection::EmptyObject);
        }
        let text = self.read_text(members)?;
        let title = find(&self.title, members, string).map(clean::line).filter(|title| !clean::is_blank(title));
        let title = title.map(Cow::into_owned);
        let url = find(&self.url, members, string).map(plain);
        Ok(Article {
            id: find(&self.id, members, id).unwrap_or_else(|| content_id(title.as_deref(), &text, url.as_deref())),
            source: find(&self.source, members, string).map(plain),
            published_at: find(&self.published_at, members, published_at),
            language: find(&self.language, members, string).and_then(|tag| language::primary_subtag(&tag)),
            extra: if self.keep_extra { self.extra(members) } else { Map::new() },
            url,
            title,
            text,
        })
    }

    fn read_text(&self, members: &Members<'_>) -> Result<String, Rejection> {
        let mut absent = None;
        for path in &self.text {
            let Some(value) = path.of(members) else { continue };
            let json = value.get();
            let rejection = if json.starts_with('"') {
                let text = json::string(json).map_err(|e| not_json(&e))?;
                if !clean::is_blank(&text) {
                    return self.clean_text(text, &path.written);
                }
                Rejection::BlankText { field: path.written.clone() }
            } else {
                let rejection = Rejection::TextNotString { field: path.written.clone(), found: json::shape(json) };
                if json != "null" {
                    return Err(rejection);
                }
                rejection
            };
            absent.get_or_insert(rejection);
        }
        Err(absent.unwrap_or_else(|| {
            let names: Vec<&str> = self.text.iter().map(|path| path.written.as_str()).collect();
            Rejection::NoText { looked_for: names.join(", ") }
        }))
    }

    fn clean_text(&self, raw: Cow<'_, str>, field: &str) -> Result<String, Rejection> {
        let text = clean::text(raw);
        if clean::is_blank(&text) {
            return Err(Rejection::BlankText { field: field.to_owned() });
        }
        let max_text_chars = self.limits.max_text_chars;
        if text.len() > max_text_chars {
            let chars = text.chars().count();
            if chars > max_text_chars {
                return Err(Rejection::TextTooLong { chars, max_text_chars });
            }
        }
        Ok(text.into_owned())
    }

    /// The members that no path starts from.
    fn extra(&self, members: &Members<'_>) -> Map<String, Value> {
        let mapped = [&self.text, &self.title, &self.id, &self.url, &self.source, &self.published_at, &self.language];
        let unmapped = members.0.iter().filter(|(key, _)| !mapped.iter().any(|p| p.iter().any(|p| p.first == *key)));
        // A number beyond all range is valid JSON that no value holds: it is kept as it is written.
        let value = |raw: &RawValue| serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().into());
        unmapped.map(|(key, raw)| (key.clone().into_owned(), value(raw))).collect()
    }
}

/// The first of the values that `paths` lead to which `read` makes something of.
fn find<'a, T>(paths: &[Path], members: &Members<'a>, read: impl Fn(&'a str) -> Option<T>) -> Option<T> {
    paths.iter().find_map(|path| path.of(members).and_then(|value| read(value.get())))
}

/// A string that is not blank.
fn string(json: &str) -> Option<Cow<'_, str>> {
    json::string(json).ok().filter(|text| !clean::is_blank(text))
}

/// An id is a string or, with every digit kept, a number.
fn id(json: &str) -> Option<String> {
    match json.as_bytes().first() {
        Some(b'"') => string(json).map(Cow::into_owned),
        Some(b'-' | b'0'..=b'9') => Some(json.to_owned()),
        _ => None,
    }
}

fn published_at(json: &str) -> Option<jiff::Timestamp> {
    match json.as_bytes().first() {
        Some(b'"') => date::parse(&string(json)?),
        _ => date::parse(json),
    }
}

/// A short string that never holds markup, without control characters and the white space around it.
fn plain(text: Cow<'_, str>) -> String {
    clean::controls(text).trim().to_owned()
}

fn content_id(title: Option<&str>, text: &str, url: Option<&str>) -> String {
    let mut hash = Sha256::new();
    for part in [title.unwrap_or_default(), text, url.unwrap_or_default()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn not_json(error: &serde_json::Error) -> Rejection {
    let message = error.to_string();
    // The position, which the parser appends, has fields of its own.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    Rejection::NotJson { line: error.line(), column: error.column(), message: message.to_owned() }
}
