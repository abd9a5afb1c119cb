//! Names that a headline breaks off, and that the body has whole: "President Daniel Orte", "Daniel Ortega".
//!
//! Feeds give for a headline the first so many letters of the text.

use super::forms::Forms;
use super::mentions::{Found, Mentions};
use crate::text::{Document, Field};

/// Shorter headlines that the body has too are no beginning of it.
const MIN_TITLE: usize = 40;
/// Fewer letters tell no name.
const MIN_LETTERS: usize = 4;

impl<'a> Mentions<'a> {
    /// Learns which names of the headline the body has longer at the same place: the one to the other.
    pub(super) fn cut(&mut self, document: &Document<'a>) {
        let titles = self.found.iter().take_while(|found| found.mention.field == Field::Title).count();
        let (in_title, in_body) = self.found.split_at(titles);
        let title = document.field(Field::Title).text;
        let whole = title.trim_end().trim_end_matches(['…', '.']).trim_end();
        let is_marked = title.trim_end().ends_with(['…']) || title.trim_end().ends_with("...");
        let body = document.field(Field::Body).text;
        let offset = Some(whole).filter(|whole| whole.len() >= MIN_TITLE).and_then(|whole| body.find(whole));
        let pairs = in_title.iter().filter_map(|cut| {
            let full = match offset {
                Some(offset) => {
                    let start = offset as u32 + cut.mention.span.start;
                    let at = in_body.binary_search_by_key(&start, |found| found.mention.span.start).ok()?;
                    &in_body[at]
                }
                None if is_marked && cut.mention.span.end as usize == whole.len() => {
                    in_body.iter().find(|found| is_cut(cut, found))?
                }
                None => return None,
            };
            let is_last = cut.mention.span.end as usize == whole.len();
            let is_longer = full.name.len() > cut.name.len() && full.name.starts_with(cut.name);
            // Within the headline the two labels differ by chance: "Lake Hotel", "Lake Hotel Tembe".
            let is_chance = || full.kind == cut.kind && (is_longer || cut.name.starts_with(full.name));
            (full.name != cut.name && if is_last { is_longer } else { is_chance() }).then_some((cut.name, full.name))
        });
        self.cuts = pairs.collect();
    }
}

/// Whether `cut` breaks off within a word of `full`.
fn is_cut(cut: &Found<'_>, full: &Found<'_>) -> bool {
    let rest = full.name.strip_prefix(cut.name);
    cut.name.chars().count() >= MIN_LETTERS && rest.is_some_and(|rest| rest.starts_with(char::is_lowercase))
}

impl<'a> Forms<'a> {
    /// What a headline breaks off is what the body has in its place, where nothing else is called by the part.
    pub(super) fn join_cut(&mut self, mentions: &Mentions<'a>) {
        for &(cut, full) in &mentions.cuts {
            let (Some(&cut), Some(&full)) = (self.by_name.get(cut), self.by_name.get(full)) else { continue };
            let count = |form: usize| self.forms[form].labelled + self.forms[form].bare;
            let (part, whole) = if count(cut) == 1 { (cut, full) } else { (full, cut) };
            if count(part) == 1 && self.forms[whole].kind.is_some() {
                self.join(part, whole);
            }
        }
    }
}
