//! The part that each place plays, and the place that the article is about.
//!
//! By position alone, for now: what happened stands in the headline and the lead, after a preposition of place.

use super::candidates::Kind;
use super::{Location, MentionKind, Role};
use crate::text::{Document, Field, Mention};

/// The sentences of the body that are its lead.
const LEAD_SENTENCES: usize = 3;

/// The role of a place with these mentions: the dateline's; else an event's, where it is named in the headline
/// or the lead after "in", "near", "at" or "outside"; else it is only mentioned.
pub(super) fn role(document: &Document<'_>, in_dateline: bool, mentions: &[(Mention, MentionKind)]) -> Role {
    if in_dateline {
        return Role::Dateline;
    }
    let event = mentions
        .iter()
        .any(|&(m, kind)| kind == MentionKind::Name && in_lead(document, m) && after_preposition(document, m));
    if event { Role::Event } else { Role::Mentioned }
}

/// The place that the article is about: the one of most weight, the first of equals.
///
/// A mention by name weighs 1, in the headline or the lead 2, by its people half; an event's place 3 more, a
/// dateline's 2; a town 2 more than a country and a subdivision 1, for it says more.
pub(super) fn primary(document: &Document<'_>, locations: &[Location]) -> Option<usize> {
    let weigh = |location: &Location| {
        let mentions: f32 = location
            .mentions
            .iter()
            .map(|&(m, kind)| {
                let weight = if in_lead(document, m) { 2.0 } else { 1.0 };
                if kind == MentionKind::Name { weight } else { weight / 2.0 }
            })
            .sum();
        let role = match location.role {
            Role::Event => 3.0,
            Role::Dateline => 2.0,
            Role::Mentioned => 0.0,
        };
        let precision = match location.feature_code.as_deref().map(Kind::of) {
            Some(Kind::Town | Kind::Capital | Kind::District) => 2.0,
            Some(Kind::Subdivision) => 1.0,
            _ => 0.0,
        };
        mentions + role + precision
    };
    let mut best: Option<(usize, f32)> = None;
    for (index, location) in locations.iter().enumerate() {
        if location.mentions.iter().all(|(_, kind)| *kind != MentionKind::Name) && location.mentions.len() < 2 {
            continue;
        }
        let weight = weigh(location);
        if best.is_none_or(|(_, known)| weight > known) {
            best = Some((index, weight));
        }
    }
    best.map(|(index, _)| index)
}

fn in_lead(document: &Document<'_>, mention: Mention) -> bool {
    match mention.field {
        Field::Title => true,
        Field::Body => {
            let body = &document.body;
            let lead = body.sentences.get(LEAD_SENTENCES - 1).or(body.sentences.last());
            lead.is_none_or(|s| body.tokens[s.end as usize - 1].span.end >= mention.span.end)
        }
    }
}

fn after_preposition(document: &Document<'_>, mention: Mention) -> bool {
    let field = document.field(mention.field);
    let token = field.token_at(mention.span.start);
    let mut before = (token.saturating_sub(2)..token).rev().map(|at| field.word(at));
    let word = match before.next() {
        Some("the" | "The") => before.next(),
        word => word,
    };
    word.is_some_and(|word| ["in", "near", "at", "outside"].iter().any(|p| p.eq_ignore_ascii_case(word)))
}
