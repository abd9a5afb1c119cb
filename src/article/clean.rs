//! Clean text: without markup, without control characters, and otherwise exactly as it came.

use std::borrow::Cow;

use super::html;

/// `raw` as a text of several lines.
///
/// Where nothing is to clean, the very same bytes come back, whatever white space they hold.
pub(super) fn text(raw: Cow<'_, str>) -> Cow<'_, str> {
    controls(html::to_plain(raw))
}

/// `raw` as a text of one line: where it holds line breaks or tabs, white space collapses around them.
pub(super) fn line(raw: Cow<'_, str>) -> Cow<'_, str> {
    let clean = text(raw);
    if !clean.bytes().any(|byte| matches!(byte, b'\n' | b'\t')) {
        return clean;
    }
    let mut line = String::with_capacity(clean.len());
    for word in clean.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Cow::Owned(line)
}

/// Whether nothing of `text` can be seen.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
    })
}

/// `text` without control characters.
///
/// Line breaks of other systems (CR LF, CR, vertical tab, form feed) become `\n`. The controls of the C1
/// block become what Windows-1252 means by them, which is what they nearly always were before somebody took
/// them for Latin-1; HTML reads them so too. Everything else of category Cc but `\n` and `\t` is dropped.
pub(super) fn controls(text: Cow<'_, str>) -> Cow<'_, str> {
    const BLOCK: usize = 64;
    // No branch inside a block, so that the compiler can vectorize it; 0xC2 leads the C1 block, and more.
    let suspicious = |block: &[u8]| block.iter().fold(false, |found, &b| found | is_ascii_control(b) | (b == 0xC2));
    if !text.as_bytes().chunks(BLOCK).any(suspicious) || !text.chars().any(|c| c.is_control() && !is_kept(c)) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\u{B}' | '\u{C}' => clean.push('\n'),
            '\u{80}'..='\u{9F}' => clean.extend(windows_1252(c)),
            _ if c.is_control() && !is_kept(c) => {}
            _ => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

fn is_ascii_control(byte: u8) -> bool {
    byte < 0x20 && byte != b'\n' && byte != b'\t' || byte == 0x7F
}

fn is_kept(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

/// The character that the byte of this number is in Windows-1252 (the WHATWG's index).
fn windows_1252(control: char) -> Option<char> {
    const CHARS: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    CHARS.get((control as usize).checked_sub(0x80)?).copied().filter(|&c| c != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_clean_is_borrowed() {
        for clean in ["", "a < b, AT&T and <3", " odd \t white\n\n\nspace \u{A0}\u{2028} ", "© ½ \u{200B}"] {
            assert!(matches!(text(Cow::Borrowed(clean)), Cow::Borrowed(same) if same == clean), "{clean:?}");
        }
    }

    #[test]
    fn controls_go_and_line_breaks_are_kept() {
        let cases = [
            ("a\r\nb\rc\u{B}d\u{C}e", "a\nb\nc\nd\ne"),
            ("\0a\u{1}b\u{7F}c\u{1B}[1m", "abc[1m"),
            ("don\u{92}t \u{93}go\u{94}\u{85}\u{81}", "don’t “go”…"),
        ];
        for (raw, clean) in cases {
            assert_eq!(controls(Cow::Borrowed(raw)), clean);
        }
    }

    #[test]
    fn a_line_has_no_line_breaks() {
        assert_eq!(line(Cow::Borrowed("Quake\r\n  kills\t12 ")), "Quake kills 12");
        assert_eq!(line(Cow::Borrowed(" two  spaces ")), " two  spaces ");
    }
}
