//! The part that each place plays, and the place that the article is about.
//!
//! By position and the words beside it: what happened stands in the headline and the lead, after a preposition of place
//! or a verb that does something to a place.

use super::candidates::Kind;
use super::shape::is_capitalised;
use super::words::Words;
use super::{Location, MentionKind, Role};
use crate::text::{Document, Field, Mention, TextField};

/// The words before an event's place.
const EVENT: [&str; 4] = ["in", "near", "at", "outside"];

/// How many words may stand between one of them and the name.
const MAX_DESCRIPTION: usize = 7;

/// The sentences of the body that are its lead.
const LEAD_SENTENCES: usize = 3;

/// How many words before a name's preposition tell that somebody speaks or reports there.
const ORIGIN_WORDS: usize = 3;

/// The role of a place with these mentions: the dateline's; an origin's, where each mention by name stands after words
/// of speaking or reporting ("told reporters in Geneva"); an event's, where it is named in the headline or the lead
/// after "in", "near", "at" or "outside" or after a verb such as "struck"; else it is only mentioned.
pub(super) fn role(
    document: &Document<'_>,
    in_dateline: bool,
    mentions: &[(Mention, MentionKind)],
    words: &Words,
) -> Role {
    if in_dateline {
        return Role::Dateline;
    }
    let mut named = mentions.iter().filter(|(_, kind)| *kind == MentionKind::Name).map(|&(m, _)| m).peekable();
    if named.peek().is_some() && named.clone().all(|m| is_origin(document, m, words)) {
        return Role::Origin;
    }
    if named.any(|m| in_lead(document, m) && is_event(document, m, words)) { Role::Event } else { Role::Mentioned }
}

/// Whether what is told happened at the place: "in", "near", "at" or "outside" stands before it or before its description
/// ("in the port city of", "in Kenya's"), or a verb that does something to it.
fn is_event(document: &Document<'_>, mention: Mention, words: &Words) -> bool {
    let field = document.field(mention.field);
    let start = field.token_at(mention.span.start);
    if start.checked_sub(1).is_some_and(|at| words.is_event_verb(field.word(at))) {
        return true;
    }
    is_after(document, mention, &EVENT).is_some()
        || is_after(document, mention, &["on"]).is_some_and(|on| is_struck(field, on, words))
        || is_after_description(field, start, words)
}

/// Whether the "on" at `on` follows what happens to a place: "an air strike on".
fn is_struck(field: &TextField<'_>, on: usize, words: &Words) -> bool {
    on.checked_sub(1).is_some_and(|at| words.is_event_noun(field.word(at)))
}

/// Whether a preposition of place stands before the description of the name at `start`: bearings, kinds of places with the
/// words before them, a container with its "'s".
fn is_after_description(field: &TextField<'_>, start: usize, words: &Words) -> bool {
    let mut kind = false;
    for at in (start.saturating_sub(MAX_DESCRIPTION)..start).rev() {
        let word = field.word(at);
        if EVENT.iter().any(|p| p.eq_ignore_ascii_case(word)) || word == "on" && is_struck(field, at, words) {
            return at + 1 < start;
        }
        let owner = at + 1 < start && matches!(field.word(at + 1), "'s" | "’s");
        kind |= words.generic(word).is_some();
        let part = kind && word.chars().all(char::is_alphabetic);
        if !(part || owner || words.is_direction(word) || matches!(word, "the" | "of" | "'s" | "’s")) {
            return false;
        }
    }
    false
}

/// Whether somebody speaks or reports at the place: "told reporters in Geneva", "based in Geneva", "Geneva-based".
fn is_origin(document: &Document<'_>, mention: Mention, words: &Words) -> bool {
    let field = document.field(mention.field);
    if field.text[mention.span.end as usize..].starts_with("-based") {
        return true;
    }
    let Some(at) = is_after(document, mention, &["in", "from", "at"]) else { return false };
    // "officials in Kyiv said"
    let end = field.token_at(mention.span.end);
    if end < field.tokens.len() && words.is_speech(field.word(end)) && !is_capitalised(field.word(at)) {
        return true;
    }
    let sentence = field.sentences.get(field.sentence_of(at)).map_or(0, |sentence| sentence.start as usize);
    (at.saturating_sub(ORIGIN_WORDS).max(sentence)..at).any(|at| words.is_origin(field.word(at)))
}

/// The place that the article is about: the one of most weight, the first of equals.
///
/// A mention by name weighs 1, in the headline or the lead 2, by its people or within another name half; an event's place
/// 3 more, a dateline's 2, an origin's 2 less; a town 2 more than a country and a subdivision 1, for it says more. A
/// capital's dateline beside an event's place of its country says only where the reporter sits: 1 less. Of an event's
/// country or subdivision, the heaviest event's place that lies in it is meant.
pub(super) fn primary(document: &Document<'_>, locations: &[Location]) -> Option<usize> {
    let is_seat = |dateline: &Location| {
        let mut events = locations.iter().filter(|location| location.role == Role::Event);
        dateline.feature_code.as_deref().map(Kind::of) == Some(Kind::Capital)
            && events.any(|event| lies_in(event, dateline.country_code.as_deref(), None))
    };
    let weigh = |location: &Location| {
        let mentions: f32 = location
            .mentions
            .iter()
            .map(|&(m, kind)| if in_lead(document, m) { 2.0 * kind.weight() } else { kind.weight() })
            .sum();
        let role = match location.role {
            Role::Event => 3.0,
            Role::Dateline if is_seat(location) => -1.0,
            Role::Dateline => 2.0,
            Role::Mentioned => 0.0,
            Role::Origin => -2.0,
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
    let (mut at, _) = best?;
    while let Some(inner) = heaviest_inside(&locations[at], locations, weigh) {
        at = inner;
    }
    Some(at)
}

/// The heaviest event's place in `outer`, an event's country or subdivision. What it finds is of a smaller kind.
fn heaviest_inside(outer: &Location, locations: &[Location], weigh: impl Fn(&Location) -> f32) -> Option<usize> {
    let kind = outer.feature_code.as_deref().map(Kind::of);
    let admin1 = match kind {
        Some(Kind::Country) => None,
        Some(Kind::Subdivision) => Some(outer.name.as_str()),
        _ => return None,
    };
    let is_inner = |location: &Location| {
        let inner = location.feature_code.as_deref().map(Kind::of);
        let smaller = inner != Some(Kind::Country) && (admin1.is_none() || inner != Some(Kind::Subdivision));
        smaller && location.role == Role::Event && lies_in(location, outer.country_code.as_deref(), admin1)
    };
    let inside = locations.iter().enumerate().filter(|(_, location)| outer.role == Role::Event && is_inner(location));
    let heaviest = inside
        .map(|(index, location)| (index, weigh(location)))
        .reduce(|best, other| if other.1 > best.1 { other } else { best });
    heaviest.map(|(index, _)| index)
}

/// Whether `location` lies in this country, and in this subdivision where one is given.
fn lies_in(location: &Location, country: Option<&str>, admin1: Option<&str>) -> bool {
    let in_country = country.is_some() && location.country_code.as_deref() == country;
    in_country && admin1.is_none_or(|admin1| location.admin1.as_deref() == Some(admin1))
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

/// The preposition before `mention`, past an article, if it is one of these.
fn is_after(document: &Document<'_>, mention: Mention, prepositions: &[&str]) -> Option<usize> {
    let field = document.field(mention.field);
    let mut at = field.token_at(mention.span.start).checked_sub(1)?;
    if matches!(field.word(at), "the" | "The") {
        at = at.checked_sub(1)?;
    }
    prepositions.iter().any(|p| p.eq_ignore_ascii_case(field.word(at))).then_some(at)
}
