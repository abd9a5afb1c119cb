//! Character classes as Python's `str` methods define them.

use super::unicode_tables as tables;

fn within(ranges: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    let at = ranges.partition_point(|&(_, last)| last < code);
    ranges.get(at).is_some_and(|&(first, _)| first <= code)
}

/// `str.isalpha` of one character.
pub(super) fn is_alphabetic(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(tables::ALPHABETIC, c) }
}

/// `str.isdigit` of one character.
pub(super) fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(tables::DIGIT, c) }
}

/// Whether the category of `c` is one of punctuation.
pub(super) fn is_punctuation(c: char) -> bool {
    within(tables::PUNCTUATION, c)
}

/// Whether `c` is a currency sign.
pub(super) fn is_currency(c: char) -> bool {
    within(tables::CURRENCY, c)
}

/// Whether `c` is a title-case digraph, which is neither upper nor lower case.
pub(super) fn is_titlecase(c: char) -> bool {
    matches!(c as u32, 0x1c5 | 0x1c8 | 0x1cb | 0x1f2 | 0x1f88..=0x1f8f | 0x1f98..=0x1f9f | 0x1fa8..=0x1faf
        | 0x1fbc | 0x1fcc | 0x1ffc)
}

/// `str.isspace` of one character.
pub(super) const fn is_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\x1c'..=' ' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The white space that `\s` matches, as closed ranges.
pub(super) const SPACES: &[(u32, u32)] = &[
    (0x09, 0x0d),
    (0x1c, 0x20),
    (0x85, 0x85),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
];
