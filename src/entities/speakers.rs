//! Who speaks in an interview, by the initials before each turn: "((AMV)) Why?", "AMV: Why?".

use rustc_hash::FxHashSet;

use super::mentions::Mentions;
use crate::text::Document;

impl<'a> Mentions<'a> {
    /// Learns which initials stand before turns of speech, and nowhere else.
    pub(super) fn speakers(&mut self, document: &Document<'a>) {
        let mut others: FxHashSet<&str> = FxHashSet::default();
        for found in self.found.iter().filter(|found| is_short(found.name)) {
            let (text, span) = (document.field(found.mention.field).text, found.mention.span);
            match opens_turn(&text[..span.start as usize], &text[span.end as usize..]) {
                true => drop(self.speakers.insert(found.name)),
                false => drop(others.insert(found.name)),
            }
        }
        self.speakers.retain(|name| !others.contains(name));
    }
}

/// Initials of two letters are those of too many.
fn is_short(name: &str) -> bool {
    (3..=4).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether what stands between `before` and `after` opens a turn of speech.
fn opens_turn(before: &str, after: &str) -> bool {
    let line = before.trim_end_matches([' ', '(']);
    (line.is_empty() || line.ends_with('\n')) && (after.starts_with("))") || after.trim_start().starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_open_lines() {
        assert!(opens_turn("He agreed.\n\n((", ")) Why?") && opens_turn("", ": Why?"));
        assert!(!opens_turn("the (", ") said") && !opens_turn("He met the ", ": a body"));
    }
}
