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
    if kind == EntityType::Org {
        start += described(&field.text[start..end], lexicon);
        start += owned(&field.text[start..end], lexicon);
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
            text.len()
                - text
                    .trim_start_matches(|c: char| c.is_whitespace() || OPENING.contains(c) || INVISIBLE.contains(&c))
                    .len()
        };
        if lead == 0 {
            break;
        }
        start += lead;
    }
    loop {
        let text = &field.text[start..end];
        let tail = ["'s", "’s", "’ s", "' s"]
            .iter()
            .find(|tail| text.ends_with(**tail))
            .map_or_else(|| text.len() - text.trim_end_matches(closes).len(), |tail| tail.len());
        if tail == 0 {
            break;
        }
        end -= tail;
    }
    if kind.is_place()
        && let Some((name, tail)) = field.text[start..end].rsplit_once(' ')
        && name.starts_with(char::is_uppercase)
        && lexicon.class(tail).any(Class::BEHIND_PLACE)
    {
        end = start + name.len();
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
            // "BRA)/Ana Vela"
            (None, Some(_)) => {
                let behind = text.rfind(close).map_or(text, |at| &text[at + 1..]);
                start = end - behind.trim_start_matches(|c: char| c.is_whitespace() || OPENING.contains(c)).len();
            }
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

/// How many bytes of `text`, labelled as an organisation, only describe the one that it ends with: "Tembe newspaper Daily
/// Sun".
fn described(text: &str, lexicon: &Lexicon) -> usize {
    let is_noun = |at: usize| {
        let word = text[at + 1..].split(' ').next().unwrap_or_default();
        let rest = text[at + 1 + word.len()..].trim_start();
        (lexicon.class(word).any(Class::INSIDE) && rest.starts_with(char::is_uppercase))
            .then(|| text.len() - rest.len())
    };
    text.match_indices(' ').take(MAX_DESCRIBED).filter_map(|(at, _)| is_noun(at)).last().unwrap_or(0)
}

/// How many bytes of `text`, labelled as an organisation, only say whose it is: a country's, or a body's that has an
/// acronym: "Uruguay's Navy", "the UN's Food and Agriculture Organization".
fn owned(text: &str, lexicon: &Lexicon) -> usize {
    let Some((at, mark)) = text.match_indices(['\'', '’']).next() else { return 0 };
    let owner = text[..at].strip_prefix("the ").unwrap_or(&text[..at]).trim_end();
    let rest = text[at + mark.len()..].trim_start().strip_prefix("s ").unwrap_or_default();
    let is_acronym = owner.len() >= 2 && owner.chars().all(|c| c.is_uppercase() || c == '.');
    // "America's Health Insurance Plans" is one name.
    let head = rest.split_once(" of ").or_else(|| rest.split_once(" for ")).map_or(rest, |(head, _)| head);
    let has_head = head.rsplit(' ').next().is_some_and(|word| lexicon.class(word).any(Class::ORGANISATION));
    let is_owner = lexicon.group(owner).is_some() || is_acronym;
    if is_owner && has_head && rest.starts_with(char::is_uppercase) { text.len() - rest.len() } else { 0 }
}

/// Bounds the search for what only describes a name.
const MAX_DESCRIBED: usize = 4;

/// The type of a label, a person's where an honorific opens it: "Ms Daniel", "Dr Ada Obi"; but not "Sir Tembe Hospital".
pub(super) fn kind_of(label: Label, text: &str, lexicon: &Lexicon) -> EntityType {
    let name = label.span.of(text);
    let Some((first, rest)) = name.split_once(' ') else { return label.kind };
    // "Hon Hai" is no honourable one, and "Miss Tembe" a contest.
    let is_titled = !matches!(first, "Hon" | "Miss")
        && lexicon.class(first).any(Class::HONORIFIC.or(Class::PREFIX))
        && !matches!(label.kind, EntityType::Person | EntityType::WorkOfArt | EntityType::Product)
        && label.kind.is_name()
        && (1..=4).contains(&rest.split(' ').count())
        && rest.split(' ').all(|word| word.starts_with(char::is_uppercase) && !lexicon.class(word).any(Class::HEAD))
        && lexicon.name(name).is_none()
        && lexicon.certain_head(name, label.kind).is_none();
    if is_titled { EntityType::Person } else { label.kind }
}

/// The labels of `field`, those of one person's name in two parts as one: "Mama" and "Adaeze Obi".
pub(super) fn whole_people(field: &TextField<'_>) -> Vec<Label> {
    let mut whole: Vec<Label> = Vec::with_capacity(field.labels.len());
    for &label in &field.labels {
        let is_more = |last: &&mut Label| {
            let (first, end) = (last.span.start as usize, label.span.end as usize);
            last.kind == EntityType::Person
                && label.kind == EntityType::Person
                && &field.text[last.span.end as usize..label.span.start as usize] == " "
                && !last.span.of(field.text).contains(' ')
                && label.span.of(field.text).starts_with(char::is_uppercase)
                && field.text[first..end].matches(' ').count() <= MAX_JOINED_SPACES
                && field.sentence_of(field.token_at(last.span.start))
                    == field.sentence_of(field.token_at(label.span.start))
        };
        match whole.last_mut().filter(is_more) {
            Some(last) => last.span = last.span.join(label.span),
            None => whole.push(label),
        }
    }
    whole
}

/// `labels`, in order, with the bounds that lists tell: "Jammu" and "Kashmir" are one name, "MasterChef" goes on with
/// "Sarima", and a pronoun opens the next sentence ("D.C. They").
pub(super) fn bounded(labels: Vec<Label>, text: &str, lexicon: &Lexicon) -> Vec<Label> {
    let mut bounded: Vec<Label> = Vec::with_capacity(labels.len());
    for mut label in labels {
        label.span.end -= excess(label, text) as u32;
        let goes_on = |last: &&mut Label| {
            let between = text.get(last.span.end as usize..label.span.start as usize).unwrap_or_default();
            let whole = last.span.join(label.span).of(text);
            let is_listed = || whole.len() <= MAX_LISTED && lexicon.group(whole).is_some();
            let is_title = matches!(last.kind, EntityType::WorkOfArt | EntityType::Product)
                && label.kind == EntityType::Gpe
                && lexicon.group(label.span.of(text)).is_none();
            matches!(between, " and " | " & " | " and the ") && is_listed() || between == " " && is_title
        };
        match bounded.last_mut().filter(goes_on) {
            Some(last) => last.span = last.span.join(label.span),
            None => bounded.push(label),
        }
    }
    bounded
}

/// No listed name of two with "and" is longer.
const MAX_LISTED: usize = 48;

/// How many bytes at the end of a label are no part of its name.
fn excess(label: Label, text: &str) -> usize {
    let name = label.span.of(text);
    if let Some((rest, last)) = name.rsplit_once(' ')
        && rest.ends_with('.')
        && matches!(label.kind, EntityType::Gpe | EntityType::Loc | EntityType::Org | EntityType::Fac)
        && matches!(
            last,
            "They" | "He" | "She" | "It" | "We" | "You" | "The" | "This" | "These" | "His" | "Her" | "Their" | "A"
        )
    {
        return name.len() - rest.len();
    }
    0
}

/// Two labels with more words than this are two people.
const MAX_JOINED_SPACES: usize = 3;

/// `span`, a person's name, with the second half of a given name that stands apart: "Kim Min - jae".
pub(super) fn with_second_half(field: &TextField<'_>, lexicon: &Lexicon, span: Span) -> Span {
    let last = field.token_at(span.end - 1);
    let word = |at: usize| field.tokens.get(at).map_or("", |token| token.span.of(field.text));
    let is_short = |word: &str| (2..=6).contains(&word.len());
    let is_first_half = |word: &str| is_short(word) && word.starts_with(char::is_uppercase);
    let is_single = !span.of(field.text).contains(' ');
    let dash = if is_single && is_first_half(word(last + 1)) { last + 2 } else { last + 1 };
    let half = word(dash + 1);
    let class = lexicon.class(half);
    let is_half = word(dash) == "-"
        && is_first_half(word(dash - 1))
        && (dash > last + 1 || !is_single)
        && is_short(half)
        && half.bytes().all(|b| b.is_ascii_lowercase())
        && !class.any(Class::FUNCTION.or(Class::NOUN).or(Class::TAIL).or(Class::PART_OF_TITLE));
    if is_half { Span::new(span.start as usize, field.tokens[dash + 1].span.end as usize) } else { span }
}

/// `span`, a person's name, with the initials before it that the model left out: "P C George", "A. G. Perarivalan"; so with
/// "Md" and its like.
pub(super) fn with_initials(field: &TextField<'_>, lexicon: &Lexicon, span: Span) -> Span {
    let sentence = field.sentences[field.sentence_of(field.token_at(span.start))].start as usize;
    let opens = field.token_at(span.start);
    let mut first = opens;
    while let Some(at) = first.checked_sub(1).filter(|&at| at >= sentence) {
        let (token, next) = (field.tokens[at].span, field.tokens[first].span);
        let initial = token.of(field.text);
        let letter = initial.strip_suffix('.').unwrap_or(initial);
        let is_initial = letter.len() == 1 && letter.starts_with(char::is_uppercase) && letter != "I";
        // "A" opens a sentence as an article does.
        let is_article = initial == "A" && at == sentence;
        let is_opening = lexicon.class(initial).any(Class::OPENS_PERSON);
        if !is_initial && !is_opening || is_article || next.start - token.end > 1 {
            break;
        }
        first = at;
    }
    // A name may begin within a token, "15-Henry Okello": what stands before it there is no initial.
    if first == opens { span } else { Span::new(field.tokens[first].span.start as usize, span.end as usize) }
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
const OPENING: &str = "\"'“‘‹«([{*•-–—/|";
const CLOSING: &str = "\"'’”›»,;:?!-–—*/|";

/// Signs without width that stand at the ends of names.
const INVISIBLE: [char; 7] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];

/// Signs that are no part of a name.
pub(super) const SIGNS: [char; 3] = ['®', '™', '©'];

/// Whether `c` stands behind a name rather than in it.
fn closes(c: char) -> bool {
    c.is_whitespace() || CLOSING.contains(c) || INVISIBLE.contains(&c) || SIGNS.contains(&c)
}

/// Whether `word`, the first of `text`, is a title rather than part of the name: "Taoiseach" of "Taoiseach Leo Varadkar", but
/// not "Lady" of "Lady Gaga" nor "Madame" of "Madame de Staël".
fn is_title(text: &str, word: &str, lexicon: &Lexicon) -> bool {
    let rest = text[word.len()..].trim_start();
    let class = lexicon.class(word);
    rest.starts_with(char::is_uppercase)
        && (class.any(Class::HONORIFIC) || class.any(Class::TITLE) && (!class.any(Class::STYLE) || rest.contains(' ')))
}
