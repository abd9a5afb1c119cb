//! Lexical attributes: what spaCy's embedding layers see of a word.

use serde::{Deserialize, Serialize};

use super::hash::string_id;
use super::unicode;

/// A lexical attribute that an embedding layer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Attribute {
    Orth,
    Norm,
    Lower,
    Prefix,
    Suffix,
    Shape,
    Spacy,
    IsAlpha,
    IsAscii,
    IsDigit,
    IsLower,
    IsUpper,
    IsTitle,
    IsPunct,
    IsSpace,
    IsBracket,
    IsQuote,
    IsLeftPunct,
    IsRightPunct,
    IsCurrency,
}

/// One word as the embedding sees it: its text, the norm that a tokenizer exception gave it, and whether a
/// space follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexeme<'a> {
    pub(super) text: &'a str,
    pub(super) norm: Option<u64>,
    pub(super) space_after: bool,
}

impl Attribute {
    /// The attribute's value as spaCy stores it: the identifier of a string, or a flag.
    pub(super) fn value(self, lexeme: Lexeme<'_>, norms: &Norms<'_>) -> u64 {
        let text = lexeme.text;
        let all = |predicate: fn(char) -> bool| !text.is_empty() && text.chars().all(predicate);
        let flag = match self {
            Attribute::Orth => return string_id(text),
            Attribute::Norm => return lexeme.norm.unwrap_or_else(|| norms.of(text)),
            Attribute::Lower => return string_id(&text.to_lowercase()),
            Attribute::Prefix => return string_id(&text[..text.chars().next().map_or(0, char::len_utf8)]),
            Attribute::Suffix => return string_id(suffix(text)),
            Attribute::Shape => return string_id(&shape(text)),
            Attribute::Spacy => lexeme.space_after,
            Attribute::IsAlpha => all(unicode::is_alphabetic),
            Attribute::IsAscii => text.is_ascii(),
            Attribute::IsDigit => all(unicode::is_digit),
            Attribute::IsLower => is_case(text, char::is_lowercase),
            Attribute::IsUpper => is_case(text, char::is_uppercase),
            Attribute::IsTitle => is_title(text),
            Attribute::IsPunct => text.chars().all(unicode::is_punctuation),
            Attribute::IsSpace => all(unicode::is_space),
            Attribute::IsBracket => ["(", ")", "[", "]", "{", "}", "<", ">"].contains(&text),
            Attribute::IsQuote => QUOTES.contains(&text),
            Attribute::IsLeftPunct => LEFT_PUNCTUATION.contains(&text),
            Attribute::IsRightPunct => RIGHT_PUNCTUATION.contains(&text),
            Attribute::IsCurrency => text.chars().all(unicode::is_currency),
        };
        u64::from(flag)
    }
}

const QUOTES: &[&str] =
    &["\"", "'", "`", "«", "»", "‘", "’", "‚", "‛", "“", "”", "„", "‟", "‹", "›", "❮", "❯", "''", "``"];
const LEFT_PUNCTUATION: &[&str] = &["(", "[", "{", "<", "\"", "'", "«", "‘", "‚", "‛", "“", "„", "‟", "‹", "❮", "``"];
const RIGHT_PUNCTUATION: &[&str] = &[")", "]", "}", ">", "\"", "'", "»", "’", "”", "›", "❯", "''"];

/// The norms that spaCy gives to punctuation and currency signs in every language.
const BASE_NORMS: &[(&str, &[&str])] = &[
    ("'s", &["'s", "'S", "’s", "’S"]),
    ("'", &["’", "‘", "´", "`"]),
    ("\"", &["”", "“", "''", "``", "´´", "„", "»", "«", "‘‘", "’’"]),
    ("?", &["？"]),
    ("!", &["！"]),
    (",", &["，"]),
    (";", &["；"]),
    (":", &["："]),
    (".", &["。", "।"]),
    ("...", &["…"]),
    ("-", &["—", "–", "--", "---", "——"]),
    ("$", &["€", "£", "¥", "฿", "US$", "C$", "A$", "₺", "₹", "৳", "₩", "Mex$", "₣", "E£"]),
];

/// The norms of words: a pipeline's own table, then [`BASE_NORMS`], then the word in lower case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norms<'a> {
    /// Identifiers of words, sorted.
    pub(super) words: &'a [u64],
    /// The identifier of each word's norm.
    pub(super) norms: &'a [u64],
}

impl Norms<'_> {
    fn of(&self, text: &str) -> u64 {
        if let Ok(found) = self.words.binary_search(&string_id(text)) {
            return self.norms.get(found).copied().unwrap_or_default();
        }
        if let Some((norm, _)) = BASE_NORMS.iter().find(|(_, words)| words.contains(&text)) {
            return string_id(norm);
        }
        string_id(&text.to_lowercase())
    }
}

/// The last three characters.
fn suffix(text: &str) -> &str {
    text.char_indices().rev().nth(2).map_or(text, |(at, _)| &text[at..])
}

/// The word's shape: letters as `X` and `x`, digits as `d`, runs cut after four ("Xxxxx", "dd:dd").
fn shape(text: &str) -> String {
    if text.chars().nth(99).is_some() {
        return "LONG".to_owned();
    }
    let mut shape = String::with_capacity(text.len());
    let (mut last, mut run) = (None, 0);
    for c in text.chars() {
        let class = match c {
            _ if unicode::is_alphabetic(c) => {
                if c.is_uppercase() {
                    'X'
                } else {
                    'x'
                }
            }
            _ if unicode::is_digit(c) => 'd',
            other => other,
        };
        run = if last == Some(class) { run + 1 } else { 0 };
        last = Some(class);
        if run < 4 {
            shape.push(class);
        }
    }
    shape
}

/// Whether `text` has cased characters and all of them satisfy `wanted`.
fn is_case(text: &str, wanted: fn(char) -> bool) -> bool {
    let mut cased =
        text.chars().filter(|&c| c.is_lowercase() || c.is_uppercase() || unicode::is_titlecase(c)).peekable();
    cased.peek().is_some() && cased.all(wanted)
}

/// `str.istitle`: capitals follow only uncased characters, small letters only cased ones.
fn is_title(text: &str) -> bool {
    let (mut inside, mut any) = (false, false);
    for c in text.chars() {
        let capital = c.is_uppercase() || unicode::is_titlecase(c);
        if !capital && !c.is_lowercase() {
            inside = false;
            continue;
        }
        if capital == inside {
            return false;
        }
        (inside, any) = (true, true);
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_follow_spacy() {
        let cases = [
            ("McDonald", "XxXxxxx"),
            ("1,200", "d,ddd"),
            ("C++", "X++"),
            ("x²", "xd"),
            ("Überlingen", "Xxxxx"),
            ("日本語", "xxx"),
            ("ǅ", "x"),
            ("aaaaaaaaab", "xxxx"),
            ("......", "...."),
        ];
        for (word, expected) in cases {
            assert_eq!(shape(word), expected, "{word}");
        }
        assert_eq!(shape(&"a".repeat(100)), "LONG");
        assert_eq!(shape(&"a".repeat(99)), "xxxx");
    }

    #[test]
    fn a_pipelines_own_norms_come_first() {
        let (words, norms) = ([string_id("“")], [string_id("quote")]);
        let own = Norms { words: &words, norms: &norms };
        assert_eq!(own.of("“"), string_id("quote"));
        assert_eq!(own.of("”"), string_id("\""));
        assert_eq!(own.of("Riyadh"), string_id("riyadh"));
    }

    #[test]
    fn title_case_is_pythons() {
        assert!(is_title("Red-Cross"));
        assert!(!is_title("A1b") && is_title("A1B"));
        assert!(!is_title("RED") && !is_title("12"));
    }

    #[test]
    fn suffixes_count_characters() {
        assert_eq!(suffix("Überß"), "erß");
        assert_eq!(suffix("ab"), "ab");
        assert_eq!(suffix(""), "");
    }
}
