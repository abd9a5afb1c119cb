//! What of a model's label is a name: its parts, its boundaries, and whether it is one at all.

use super::lexicon::{Class, Lexicon};
use super::names::is_possessive;
use crate::text::{EntityType, Label, Span, TextField};

/// The places that one label of a place holds: "Auckland, New Zealand" is two, "Washington, D.C." one.
pub(super) fn places_of(label: Label, text: &str, lexicon: &Lexicon) -> impl Iterator<Item = Label> {
    let name = label.span.of(text);
    let is_one = !matches!(label.kind, EntityType::Gpe | EntityType::Loc) || lexicon.group(name).is_some();
    let mut rest = Some(label.span);
    std::iter::from_fn(move || {
        let span = rest.take()?;
        let comma = if is_one { None } else { span.of(text).find(", ") };
        let Some(comma) = comma else { return Some(Label { span, ..label }) };
        let start = span.start as usize;
        rest = Some(Span::new(start + comma + 2, span.end as usize));
        Some(Label { span: Span::new(start, start + comma), ..label })
    })
}

/// `span` without what is no part of a name: articles, "Mr", possessives, quotes, stops; with the "al-" that the
/// model's tokens cut off. `None` where nothing is left.
pub(super) fn trimmed(field: &TextField<'_>, lexicon: &Lexicon, span: Span, kind: EntityType) -> Option<Span> {
    let (mut start, mut end) = (span.start as usize, span.end as usize);
    if !kind.is_name() {
        return (start < end).then_some(span);
    }
    if is_possessive(span.of(field.text)) {
        return None;
    }
    loop {
        let text = &field.text[start..end];
        let word = text.split(' ').next().unwrap_or(text);
        let article = ["the", "The", "THE", "a", "an"].contains(&word);
        let is_lead = match kind {
            EntityType::Person => is_title(text, word, lexicon),
            EntityType::Gpe | EntityType::Loc => lexicon.class(word).any(Class::BEARING),
            _ => false,
        };
        let lead = if word.len() < text.len() && (article || is_lead) {
            word.len() + 1
        } else {
            text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || OPENING.contains(c)).len()
        };
        if lead == 0 {
            break;
        }
        start += lead;
    }
    loop {
        let text = &field.text[start..end];
        let tail = ["'s", "’s", "’ s", "' s"].iter().find(|tail| text.ends_with(**tail)).map_or_else(
            || text.len() - text.trim_end_matches(|c: char| c.is_whitespace() || CLOSING.contains(c)).len(),
            |tail| tail.len(),
        );
        if tail == 0 {
            break;
        }
        end -= tail;
    }
    if let Some((name, tail)) = field.text[start..end].rsplit_once('-')
        && !name.contains(' ')
        && lexicon.class(tail).any(Class::TAIL)
    {
        end = start + name.len();
    }
    let text = &field.text[start..end];
    // The stop of a sentence, not of an abbreviation, which its token keeps: "Lima.", but "Mass." and "Inc.".
    let word = text.trim_end_matches('.');
    let cut = text.len() - word.len();
    let last = field.tokens[field.token_at(end as u32 - 1)].span;
    if cut == 1 && last.len() == 1 {
        end -= cut;
    }
    let text = &field.text[start..end];
    for (open, close) in [('(', ')'), ('[', ']')] {
        match (text.find(open), text.find(close)) {
            (Some(at), None) => end = end.min(start + text[..at].trim_end().len()),
            (None, Some(at)) if text[at..].chars().all(|c| c == close) => end = end.min(start + at),
            (None, Some(_)) => start += text.rfind(close).map_or(0, |at| at + 1),
            _ => {}
        }
    }
    if start >= end {
        return None;
    }
    let token = field.tokens[field.token_at(start as u32)].span;
    let cut = &field.text[(token.start as usize).min(start)..start];
    if matches!(cut, "al-" | "el-" | "Al-" | "El-" | "as-" | "an-" | "ash-" | "ad-" | "ar-" | "az-") {
        start = token.start as usize;
    }
    let text = &field.text[start..end];
    (!is_possessive(text) && text.contains(char::is_alphabetic)).then(|| Span::new(start, end))
}

/// `span`, a person's name, with the initials before it that the model left out: "P C George", "A. G. Perarivalan".
pub(super) fn with_initials(field: &TextField<'_>, span: Span) -> Span {
    let sentence = field.sentences[field.sentence_of(field.token_at(span.start))].start as usize;
    let mut first = field.token_at(span.start);
    while let Some(at) = first.checked_sub(1).filter(|&at| at >= sentence) {
        let (token, next) = (field.tokens[at].span, field.tokens[first].span);
        let initial = token.of(field.text);
        let letter = initial.strip_suffix('.').unwrap_or(initial);
        let is_initial = letter.len() == 1 && letter.starts_with(char::is_uppercase) && letter != "I";
        // "A" opens a sentence as an article does.
        let is_article = initial == "A" && at == sentence;
        if !is_initial || is_article || next.start - token.end > 1 {
            break;
        }
        first = at;
    }
    Span::new(field.tokens[first].span.start.min(span.start) as usize, span.end as usize)
}

/// Whether `name` is none, whatever the model took it for: a word that is listed so, a small word with a capital ("Yesterday",
/// "You"), a title without a name ("the Queen"), a word of a script without capitals.
pub(super) fn is_no_name(name: &str, kind: EntityType, opens: bool, lexicon: &Lexicon, buffer: &mut String) -> bool {
    if !kind.is_name() {
        return false;
    }
    let class = lexicon.class(name);
    // "E" of "E. coli"
    if kind != EntityType::Person && name.trim_end_matches('.').chars().nth(1).is_none() {
        return true;
    }
    // Days and months are the names of nothing but people.
    if class.any(Class::NO_NAME) || kind != EntityType::Person && class.any(Class::CALENDAR) {
        return true;
    }
    if let Some(first) = name.chars().find(|c| c.is_alphabetic())
        && !first.is_lowercase()
        && !name.contains(char::is_uppercase)
    {
        return true;
    }
    if matches!(kind, EntityType::Person | EntityType::Gpe | EntityType::Norp) {
        let is_title = |word: &str| lexicon.class(word).any(Class::TITLE.or(Class::HONORIFIC));
        let may_be_given = kind == EntityType::Person && class.any(Class::GIVEN_NAME);
        if name.split(' ').all(is_title) && !may_be_given {
            return true;
        }
    }
    // Acronyms are in capitals ("WHO"); "May" and "Will" are people, and two letters may be a family name.
    let capitals = name.chars().filter(|c| c.is_uppercase()).count();
    opens
        && kind != EntityType::Person
        && capitals == 1
        && name.len() > 2
        && !class.any(Class::GIVEN_NAME)
        && lexicon.name(name).is_none()
        && lexicon.lower_class(name, buffer).any(Class::FUNCTION)
}

/// What opens and closes quotations and asides around a name.
const OPENING: &str = "\"'“‘‹«([{*•-–—";
const CLOSING: &str = "\"'’”›»,;:?!-–—*";

/// Whether `word`, the first of `text`, is a title rather than part of the name: "Taoiseach" of "Taoiseach Leo Varadkar", but
/// not "Lady" of "Lady Gaga" nor "Madame" of "Madame de Staël".
fn is_title(text: &str, word: &str, lexicon: &Lexicon) -> bool {
    let rest = text[word.len()..].trim_start();
    let class = lexicon.class(word);
    rest.starts_with(char::is_uppercase)
        && (class.any(Class::HONORIFIC) || class.any(Class::TITLE) && (!class.any(Class::STYLE) || rest.contains(' ')))
}
