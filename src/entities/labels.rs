//! The model's labels as mentions, joined with what the rules found.
//!
//! The model says where names are and of what type. The rules add what it does not tell: a person's title, declared
//! acronyms, and names that it missed beside words that leave no doubt.

use super::lexicon::Lexicon;
use super::names::is_possessive;
use super::recognise::{Evidence, Found, Recognised, position};
use crate::text::{Document, Field, Mention, Span, TextField};

/// Puts the labels of `document` in place of what the rules found where they overlap.
pub(super) fn join<'a>(document: &Document<'a>, rules: Recognised<'a>, lexicon: &Lexicon) -> Recognised<'a> {
    let mut found: Vec<Found<'a>> = Vec::with_capacity(rules.found.len());
    let mut rest = rules.found.into_iter().peekable();
    for (which, field) in document.fields() {
        for label in field.labels.iter().filter(|label| label.kind.is_name()) {
            let Some(span) = trimmed(field, label.span) else { continue };
            while let Some(before) =
                rest.next_if(|f| position(f.mention) < (which, span.start) && !overlaps(f.mention, which, span))
            {
                push_missed(&mut found, before);
            }
            let mut title = None;
            let mut placed = false;
            while let Some(same) = rest.next_if(|f| overlaps(f.mention, which, span)) {
                title = title.or(same.title);
                placed |= same.placed;
            }
            let name = span.of(field.text);
            let sentence = field.sentence_of(field.token_at(span.start));
            let (kind, evidence) = match lexicon.name(name) {
                Some(Some(kind)) => (kind, Evidence::Sure),
                _ => (label.kind, Evidence::Model),
            };
            let mention = Mention { field: which, span };
            found.push(Found { mention, name, kind: Some(kind), evidence, title, sentence, placed });
        }
        while let Some(after) = rest.next_if(|f| f.mention.field == which) {
            push_missed(&mut found, after);
        }
    }
    Recognised { found, acronyms: rules.acronyms }
}

fn overlaps(mention: Mention, field: Field, span: Span) -> bool {
    mention.field == field && mention.span.overlaps(span)
}

/// Takes what the rules found and the model did not.
fn push_missed<'a>(found: &mut Vec<Found<'a>>, mut missed: Found<'a>) {
    if missed.evidence < Evidence::Sure {
        missed.kind = None;
        missed.evidence = Evidence::None;
    }
    found.push(missed);
}

/// `span` without what is no part of a name: articles, possessives, quotes, stops; `None` where nothing is left.
fn trimmed(field: &TextField<'_>, span: Span) -> Option<Span> {
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    loop {
        let text = &field.text[start..end];
        let lead =
            ["the ", "The ", "THE ", "a ", "A ", "an ", "An "].iter().find(|article| text.starts_with(**article));
        let lead = lead.map_or_else(
            || text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || "\"'“‘(".contains(c)).len(),
            |article| article.len(),
        );
        if lead == 0 {
            break;
        }
        start += lead;
    }
    loop {
        let text = &field.text[start..end];
        let tail = ["'s", "’s"].iter().find(|tail| text.ends_with(**tail)).map_or_else(
            || text.len() - text.trim_end_matches(|c: char| c.is_whitespace() || "\"'’”,;:".contains(c)).len(),
            |tail| tail.len(),
        );
        if tail == 0 {
            break;
        }
        end -= tail;
    }
    let text = &field.text[start..end];
    (!text.is_empty() && !is_possessive(text)).then(|| Span::new(start, end))
}
