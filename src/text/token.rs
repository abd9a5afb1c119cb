//! [`Token`] and the tokenizer.
//!
//! In the spirit of the Penn Treebank: clitics ("'s", "n't") stand apart, and so does punctuation, but a
//! stop that belongs to an abbreviation or an initial stays with it. White space belongs to no token. What
//! a sentence is, is not decided here; see [`super::sentence`].

use unicode_normalization::char::is_combining_mark;

use super::Span;
use super::abbreviations::{self, Abbreviation};

/// What a token is made of, as far as later stages ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters, perhaps with inner apostrophes, hyphens, full stops or digits ("al-Shabaab", "U.S.", "F-16").
    Word,
    /// Starts with a digit and is made of digits and inner separators ("12", "1,200", "2.5", "80-83").
    Number,
    /// Anything else: punctuation and symbols.
    Punctuation,
}

/// One token: a span, its kind, and whether white space follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands, in bytes.
    pub span: Span,
    /// What it is made of.
    pub kind: TokenKind,
    /// Whether white space stands between it and the next token, or the end of the text.
    pub space_after: bool,
}

/// Splits `text` into tokens, in order; white space belongs to no token. Appends to `tokens`.
pub fn tokenize(text: &str, tokens: &mut Vec<Token>) {
    // English news has a token every 5.1 bytes.
    tokens.reserve(text.len() / 5 + 1);
    let scanner = Scanner { text, bytes: text.as_bytes() };
    let mut at = scanner.skip_space(0);
    let mut previous_end = usize::MAX;
    while at < text.len() {
        let (end, kind) = scanner.token(at, previous_end == at);
        let next = scanner.skip_space(end);
        tokens.push(Token { span: Span::new(at, end), kind, space_after: next > end });
        previous_end = end;
        at = next;
    }
}

/// What a character is to the tokenizer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    Symbol,
    /// The first byte of a character outside ASCII.
    Wide,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Symbol; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        classes[byte] = match b {
            b' ' | b'\t'..=b'\r' => Class::Space,
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            0x80.. => Class::Wide,
            _ => Class::Symbol,
        };
        byte += 1;
    }
    classes
};

fn classify(c: char) -> Class {
    match c {
        // Zero-width space and byte order mark separate words without being white space to Unicode.
        '\u{200B}' | '\u{FEFF}' => Class::Space,
        // Soft hyphen, joiners: invisible inside words.
        '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}' => Class::Letter,
        _ if c.is_whitespace() => Class::Space,
        _ if c.is_alphabetic() || is_combining_mark(c) => Class::Letter,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Symbol,
    }
}

/// The words whose "'ll", "'re", "'ve", "'d" and "'m" are clitics; elsewhere they are part of a name ("Sa'd").
const CLITIC_HOSTS: [&str; 16] = [
    "i", "you", "he", "she", "it", "we", "they", "who", "that", "there", "what", "this", "how", "where", "would",
    "could",
];

/// How far past a stop the scanner looks for the next character that is no white space.
const MAX_LOOKAHEAD: usize = 8;

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
}

impl Scanner<'_> {
    /// The byte at `at`, or 0 past the end.
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The class of the character at `at` and the byte after it; `at` is on a boundary.
    fn class(&self, at: usize) -> (Class, usize) {
        let Some(&byte) = self.bytes.get(at) else { return (Class::Space, at) };
        match CLASSES[byte as usize] {
            Class::Wide => self.wide(at),
            class => (class, at + 1),
        }
    }

    #[cold]
    fn wide(&self, at: usize) -> (Class, usize) {
        match self.char(at) {
            Some(c) => (classify(c), at + c.len_utf8()),
            None => (Class::Space, at),
        }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn is_letter(&self, at: usize) -> bool {
        self.class(at).0 == Class::Letter
    }

    fn is_digit(&self, at: usize) -> bool {
        self.class(at).0 == Class::Digit
    }

    fn is_alphanumeric(&self, at: usize) -> bool {
        matches!(self.class(at).0, Class::Letter | Class::Digit)
    }

    fn is_upper(&self, at: usize) -> bool {
        self.char(at).is_some_and(char::is_uppercase)
    }

    fn skip_space(&self, mut at: usize) -> usize {
        loop {
            match self.class(at) {
                (Class::Space, next) if next > at => at = next,
                _ => return at,
            }
        }
    }

    /// The start of the first character within reach of `at` that is no white space.
    fn peek_past_space(&self, mut at: usize) -> usize {
        for _ in 0..MAX_LOOKAHEAD {
            match self.class(at) {
                (Class::Space, next) if next > at => at = next,
                _ => break,
            }
        }
        at
    }

    /// The end and kind of the token that starts at `start`. `attached`: no white space stands before it.
    fn token(&self, start: usize, attached: bool) -> (usize, TokenKind) {
        match self.class(start) {
            (Class::Letter | Class::Digit, _) => self.word(start),
            (_, next) => {
                let clitic = if attached { self.apostrophe(start).and_then(|at| self.clitic(at)) } else { None };
                match clitic {
                    Some(end) => (end, TokenKind::Word),
                    None => (self.symbol(start, next), TokenKind::Punctuation),
                }
            }
        }
    }

    /// The end of the run of letters and digits at `at`, and whether it holds a letter.
    fn run(&self, mut at: usize) -> (usize, bool) {
        let mut letters = false;
        loop {
            match CLASSES[self.byte(at) as usize] {
                Class::Letter => {
                    letters = true;
                    at += 1;
                }
                Class::Digit => at += 1,
                Class::Wide => match self.wide(at) {
                    (Class::Letter, next) => {
                        letters = true;
                        at = next;
                    }
                    (Class::Digit, next) => at = next,
                    _ => return (at, letters),
                },
                _ => return (at, letters),
            }
        }
    }

    /// The end and kind of the word or number that starts at `start`.
    fn word(&self, start: usize) -> (usize, TokenKind) {
        let numeric = self.is_digit(start);
        let mut letters = false;
        let mut segment = start;
        let mut after_stop = false;
        let mut at = start;
        loop {
            let (end, more) = self.run(at);
            letters |= more;
            let kind = if numeric && !letters { TokenKind::Number } else { TokenKind::Word };
            at = match self.byte(end) {
                b'-' if self.is_alphanumeric(end + 1) => end + 1,
                b'\'' => match self.inner_apostrophe(start, end, end + 1) {
                    Ok(next) => next,
                    Err(end) => return (end, kind),
                },
                b'.' => match self.stop(Dotted { start, segment, end, after_stop, kind }) {
                    Stop::Joins => {
                        after_stop = true;
                        segment = end + 1;
                        end + 1
                    }
                    Stop::Ends => return (end + 1, kind),
                    Stop::JoinsHyphen => {
                        after_stop = false;
                        segment = end + 2;
                        end + 2
                    }
                    Stop::Apart => return (end, kind),
                },
                b',' | b':' | b'/' if kind == TokenKind::Number && self.is_digit(end + 1) => end + 1,
                b':' if self.bytes[end..].starts_with(b"://") && self.is_scheme(start, end) => {
                    return (self.address(end + 3), TokenKind::Word);
                }
                b'/' if self.bytes[start..].starts_with(b"www.") => return (self.address(end), TokenKind::Word),
                b'&' if self.is_upper(end + 1) && self.bytes[end - 1].is_ascii_uppercase() => end + 1,
                b'@' | b'_' if letters && self.is_alphanumeric(end + 1) => end + 1,
                0xE2 => match self.inner_wide(start, end, kind) {
                    Ok(next) => next,
                    Err(end) => return (end, kind),
                },
                _ => return (end, kind),
            };
            if self.byte(end) != b'.' {
                segment = at;
                after_stop = false;
            }
        }
    }

    /// As [`Scanner::inner_apostrophe`], for the connectors outside ASCII: curly apostrophes, hyphens, en dash.
    fn inner_wide(&self, start: usize, end: usize, kind: TokenKind) -> Result<usize, usize> {
        let next = end + 3;
        match self.char(end) {
            Some('\u{2019}') => self.inner_apostrophe(start, end, next),
            Some('\u{2018}') if self.is_letter(next) => Ok(next),
            Some('\u{2010}' | '\u{2011}') if self.is_alphanumeric(next) => Ok(next),
            Some('\u{2013}') if kind == TokenKind::Number && self.is_digit(next) => Ok(next),
            _ => Err(end),
        }
    }

    /// Where the word goes on after the apostrophe at `end`, or where it ends because of it.
    fn inner_apostrophe(&self, start: usize, end: usize, next: usize) -> Result<usize, usize> {
        if matches!(self.byte(next), b't' | b'T')
            && !self.is_alphanumeric(next + 1)
            && end - start > 1
            && matches!(self.bytes[end - 1], b'n' | b'N')
        {
            return Err(end - 1);
        }
        let Some(clitic_end) = self.clitic(next) else {
            return if self.is_letter(next) { Ok(next) } else { Err(end) };
        };
        let host = &self.text[start..end];
        if clitic_end - next == 1 && matches!(self.byte(next), b's' | b'S')
            || CLITIC_HOSTS.iter().any(|h| h.eq_ignore_ascii_case(host))
        {
            Err(end)
        } else {
            Ok(next)
        }
    }

    /// The byte after the apostrophe at `at`, where there is one.
    fn apostrophe(&self, at: usize) -> Option<usize> {
        if self.byte(at) == b'\'' {
            Some(at + 1)
        } else if self.bytes[at..].starts_with("\u{2019}".as_bytes()) {
            Some(at + 3)
        } else {
            None
        }
    }

    /// The end of the clitic whose letters start at `at`, where there is one: s, d, m, ll, re, ve.
    fn clitic(&self, at: usize) -> Option<usize> {
        let end = match (self.byte(at) | 0x20, self.byte(at + 1) | 0x20) {
            (b'l', b'l') | (b'r', b'e') | (b'v', b'e') => at + 2,
            (b's' | b'd' | b'm', _) => at + 1,
            _ => return None,
        };
        (!self.is_alphanumeric(end)).then_some(end)
    }

    /// What the stop at `word.end` is to the word before it.
    fn stop(&self, word: Dotted) -> Stop {
        let Dotted { start, segment, end, after_stop, kind } = word;
        let next = end + 1;
        if kind == TokenKind::Number {
            return if self.is_digit(next) { Stop::Joins } else { Stop::Apart };
        }
        if self.bytes[end..].starts_with(b"...") {
            return Stop::Apart;
        }
        let single = self.class(segment) == (Class::Letter, end);
        let known = abbreviations::find(&self.text[start..end]);
        match self.class(next) {
            (Class::Letter, after) => self.stop_before_letter(segment, end, single, after, known),
            (Class::Digit, _) => match known {
                Some(_) => Stop::Ends,
                None if self.bytes[end - 1].is_ascii_digit() => Stop::Joins,
                None => Stop::Apart,
            },
            _ if single && after_stop || known.is_some_and(|a| a != Abbreviation::Numbered) => {
                if self.byte(next) == b'-' && self.is_alphanumeric(next + 1) { Stop::JoinsHyphen } else { Stop::Ends }
            }
            _ if known == Some(Abbreviation::Numbered) && self.is_digit(self.peek_past_space(next)) => Stop::Ends,
            // An initial; but "I" ends sentences too often.
            _ if single
                && segment == start
                && self.byte(start) != b'I'
                && self.is_upper(start)
                && self.is_upper(self.peek_past_space(next)) =>
            {
                Stop::Ends
            }
            _ => Stop::Apart,
        }
    }

    /// A stop between letters: "U.S", "J.Smith", "Mr.Smith", "Ph.D", "example.com", "ended.The".
    fn stop_before_letter(
        &self,
        segment: usize,
        end: usize,
        single: bool,
        after: usize,
        known: Option<Abbreviation>,
    ) -> Stop {
        let next_single = !self.is_alphanumeric(after);
        let upper_next = self.is_upper(end + 1);
        if single && next_single {
            Stop::Joins
        } else if !upper_next {
            if self.bytes[end - 1].is_ascii_uppercase() { Stop::Apart } else { Stop::Joins }
        } else if known.is_some() || single && self.is_upper(segment) {
            if next_single && self.byte(after) == b'.' && known.is_some() { Stop::Joins } else { Stop::Ends }
        } else if self.is_upper(after) && !self.bytes[end - 1].is_ascii_lowercase() {
            // A domain in capitals: "WAVE3.COM".
            Stop::Joins
        } else if end - segment == 2 && next_single && self.byte(after) == b'.' && self.is_upper(segment) {
            Stop::Joins
        } else {
            Stop::Apart
        }
    }

    fn is_scheme(&self, start: usize, end: usize) -> bool {
        ["http", "https", "ftp"].iter().any(|s| s.eq_ignore_ascii_case(&self.text[start..end]))
    }

    /// The end of the web address that goes on at `at`.
    fn address(&self, mut at: usize) -> usize {
        let first = at;
        loop {
            match self.class(at) {
                (Class::Space, _) => break,
                (_, next) => {
                    if matches!(self.byte(at), b'<' | b'>' | b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'|')
                        || matches!(self.char(at), Some('\u{201C}' | '\u{201D}' | '\u{2018}' | '\u{2019}'))
                    {
                        break;
                    }
                    at = next;
                }
            }
        }
        while at > first && matches!(self.bytes[at - 1], b'.' | b',' | b';' | b':' | b'!' | b'?') {
            at -= 1;
        }
        at
    }

    /// The end of the punctuation mark or symbol at `start`; `next` is the end of its first character.
    fn symbol(&self, start: usize, next: usize) -> usize {
        let mut at = next;
        match self.byte(start) {
            mark @ (b'.' | b'-' | b'*' | b'=' | b'_' | b'~') => {
                while self.byte(at) == mark {
                    at += 1;
                }
            }
            mark @ (b'\'' | b'`') if self.byte(at) == mark => at += 1,
            // Marks that modify a symbol: variation selectors, joiners of emoji.
            0x80.. => {
                while let Some(c) = self.char(at).filter(|&c| c == '\u{200D}' || !c.is_ascii() && is_combining_mark(c))
                {
                    at += c.len_utf8();
                }
            }
            _ => {}
        }
        at
    }
}

/// A word that is followed by a stop.
struct Dotted {
    start: usize,
    /// Where its part after the last inner stop, hyphen or apostrophe starts.
    segment: usize,
    /// The stop.
    end: usize,
    /// Whether a stop stands before `segment`.
    after_stop: bool,
    kind: TokenKind,
}

/// What a stop is to the word before it.
enum Stop {
    /// Inside the word.
    Joins,
    /// The word's last character.
    Ends,
    /// Inside the word, and so is the hyphen after it: "U.S.-led".
    JoinsHyphen,
    /// No part of the word.
    Apart,
}
