//! The JSON of a payload: what it nests, its top-level members unparsed, and fields looked up by name or
//! pointer. Nothing here knows what the fields of an article are.
//!
//! A member is only parsed when somebody asks for it, so the body is unescaped once and the rest is skimmed.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// What one pass over a JSON text finds without parsing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Survey {
    /// Levels of nested objects and arrays.
    pub(super) depth: usize,
    /// Whether a string escapes one half of a surrogate pair.
    pub(super) lone_surrogates: bool,
}

impl Survey {
    /// Surveys `json`, in time linear in its length; stops at a depth beyond `max_depth`.
    pub(super) fn of(json: &str, max_depth: usize) -> Survey {
        let bytes = json.as_bytes();
        let mut survey = Survey::default();
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    survey.depth = survey.depth.max(depth);
                    if depth > max_depth {
                        return survey;
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => at = survey.string(bytes, at),
                _ => {}
            }
        }
        survey
    }

    /// Passes over the string whose first byte is at `at`; returns what comes after it.
    fn string(&mut self, bytes: &[u8], mut at: usize) -> usize {
        while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
            at += found;
            if bytes[at] == b'"' {
                return at + 1;
            }
            match escaped_unit(bytes, at) {
                Some(0xD800..0xDC00) if matches!(escaped_unit(bytes, at + 6), Some(0xDC00..0xE000)) => at += 12,
                Some(0xD800..0xE000) => {
                    self.lone_surrogates = true;
                    at += 6;
                }
                _ => at = (at + 2).min(bytes.len()),
            }
        }
        bytes.len()
    }
}

/// The UTF-16 unit that `\uXXXX` at `at` stands for.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | (digit as char).to_digit(16)? as u16))
}

/// `json` with every escape of one half of a surrogate pair replaced by that of U+FFFD.
pub(super) fn mend_surrogates(json: &str) -> String {
    const REPLACEMENT: &str = "\\ufffd";
    let bytes = json.as_bytes();
    let mut mended = String::with_capacity(json.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        at += found;
        match escaped_unit(bytes, at) {
            Some(0xD800..0xDC00) if matches!(escaped_unit(bytes, at + 6), Some(0xDC00..0xE000)) => at += 12,
            Some(0xD800..0xE000) => {
                mended.push_str(&json[copied..at]);
                mended.push_str(REPLACEMENT);
                at += 6;
                copied = at;
            }
            _ => at = (at + 2).min(bytes.len()),
        }
    }
    mended.push_str(&json[copied..]);
    mended
}

/// The members of an object in order, values unparsed.
#[derive(Debug)]
pub(super) struct Members<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(Text(key)) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

impl<'a> Members<'a> {
    /// The value of `name`; of duplicates the last.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|&(_, value)| value)
    }
}

/// A string, borrowed where it holds no escapes.
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// The string that `json` is.
pub(super) fn string<'a>(json: &'a str) -> Result<Cow<'a, str>, serde_json::Error> {
    serde_json::from_str::<Text<'a>>(json).map(|text| text.0)
}

/// What a JSON value is, by its first byte, in words that fit "is …".
pub(super) fn shape(json: &str) -> &'static str {
    match json.trim_start().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Where a field is found: a member's name, or a JSON pointer (RFC 6901).
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// As it was written in the configuration.
    pub(super) written: String,
    /// The member of the top-level object.
    pub(super) first: String,
    /// The way from there.
    rest: Vec<String>,
}

impl Path {
    /// Reads `written`, which is a pointer if it starts with `/` and a name otherwise.
    pub(super) fn new(written: &str) -> Path {
        let mut steps = match written.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect(),
            None => vec![written.to_owned()],
        };
        Path { written: written.to_owned(), first: steps.remove(0), rest: steps }
    }

    /// The value that the path leads to.
    pub(super) fn of<'a>(&self, members: &Members<'a>) -> Option<&'a RawValue> {
        self.rest.iter().try_fold(members.get(&self.first)?, |value, step| {
            let json = value.get();
            if json.starts_with('{') {
                serde_json::from_str::<Members<'a>>(json).ok()?.get(step)
            } else if json.starts_with('[') && (step == "0" || !step.starts_with('0')) {
                let index = step.parse().ok()?;
                serde_json::Deserializer::from_str(json).deserialize_seq(Element(index)).ok()?
            } else {
                None
            }
        })
    }
}

/// Finds one element of an array.
struct Element(usize);

impl<'de> Visitor<'de> for Element {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        for _ in 0..self.0 {
            if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(None);
            }
        }
        let found = seq.next_element()?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(Survey::of(r#"{"a":"[[[\"[["}"#, 9).depth, 1);
        assert_eq!(Survey::of(r#"{"a":[[1],{"b":[]}]}"#, 9).depth, 4);
        assert_eq!(Survey::of(&"[".repeat(1_000_000), 9).depth, 10);
    }

    #[test]
    fn only_halves_of_pairs_are_lone() {
        assert!(!Survey::of(r#""\ud83d\ude91""#, 9).lone_surrogates);
        assert!(!Survey::of(r#""\\ud83d""#, 9).lone_surrogates);
        for lone in [r#""\ud83d""#, r#""\ude91\ud83d""#, r#""\ud83d\ud83d\ude91""#, r#""\ud83d\n""#] {
            assert!(Survey::of(lone, 9).lone_surrogates, "{lone}");
            let mended = mend_surrogates(lone);
            assert!(string(&mended).unwrap().contains('\u{FFFD}'), "{mended}");
        }
        assert_eq!(mend_surrogates(r#""é\ud83d\ude91 \ud83d""#), r#""é\ud83d\ude91 \ufffd""#);
    }

    #[test]
    fn paths_lead_through_objects_and_arrays() {
        let json = r#"{"a":{"b/c":[10,{"d":"deep"}],"b/c":[1,{"d":"last"}]},"/x":0,"a~b":true}"#;
        let members: Members<'_> = serde_json::from_str(json).unwrap();
        let at = |path: &str| Path::new(path).of(&members).map(RawValue::get);
        assert_eq!(at("/a/b~1c/1/d"), Some("\"last\""));
        assert_eq!(at("/a/b~1c/0"), Some("1"));
        assert_eq!(at("/a/b~1c/00"), None);
        assert_eq!(at("/a/b~1c/2"), None);
        assert_eq!(at("/~1x"), Some("0"));
        assert_eq!(at("a~b"), Some("true"));
        assert_eq!(at("/a~0b"), Some("true"));
        assert_eq!(at("/a~0b/c"), None);
    }
}
