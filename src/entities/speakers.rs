//! Who speaks in an interview, by the initials before each turn: "((AMV)) Why?", "AMV: Why?".

use rustc_hash::{FxHashMap, FxHashSet};

use super::EntityType;
use super::forms::Forms;
use super::mentions::Mentions;
use super::people::is_particle;
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

/// Nobody has more.
const MAX_INITIALS: usize = 8;

/// Initials of two letters are those of too many.
fn is_short(name: &str) -> bool {
    (3..=4).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase())
}

/// Whether what stands between `before` and `after` opens a turn of speech.
fn opens_turn(before: &str, after: &str) -> bool {
    let line = before.trim_end_matches([' ', '(']);
    (line.is_empty() || line.ends_with('\n')) && (after.starts_with("))") || after.trim_start().starts_with(':'))
}

impl<'a> Forms<'a> {
    /// The initials of the one person of the article whom they fit are his, whatever the model took them for.
    pub(super) fn join_speakers(&mut self, mentions: &Mentions<'a>) {
        let mut by_initials: FxHashMap<String, Option<usize>> = FxHashMap::default();
        if mentions.speakers.is_empty() {
            return;
        }
        for form in (0..self.forms.len()).filter(|&form| self.kind(form) == Some(EntityType::Person)) {
            let root = self.root(form);
            let known =
                by_initials.entry(initials(self.forms[form].name).take(MAX_INITIALS).collect()).or_insert(Some(root));
            *known = known.filter(|&known| known == root);
        }
        for &short in &mentions.speakers {
            let Some(&index) = self.by_name.get(short).filter(|&&index| self.forms[index].root == index) else {
                continue;
            };
            if let Some(&Some(root)) = by_initials.get(short) {
                self.forms[root].told = Some(EntityType::Person);
                self.join(index, root);
            }
        }
    }
}

/// The first letters of the words of a person's name that have capitals.
fn initials(name: &str) -> impl Iterator<Item = char> {
    let words = name.split_whitespace().filter(|word| !is_particle(word));
    words.filter_map(|word| word.chars().next()).filter(|letter| letter.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_open_lines() {
        assert!(opens_turn("He agreed.\n\n((", ")) Why?") && opens_turn("", ": Why?"));
        assert!(!opens_turn("the (", ") said") && !opens_turn("He met the ", ": a body"));
    }

    #[test]
    fn initials_are_of_capitals() {
        assert_eq!(initials("Ana M. de Vela").collect::<String>(), "AMV");
    }
}
