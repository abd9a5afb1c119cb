//! What the tokens around a name tell of it: datelines, prepositions, "the city of", "X, Texas", "X and Y counties".

use std::ops::Range;

use super::candidates::Kind;
use super::gazetteer::Gazetteer;
use super::toponyms::Generic;
use super::words::Words;
use crate::text::{Document, Mention, TextField, TokenKind};

/// How many words before a name may belong to it: "Democratic Republic of the".
const MAX_WIDENING: usize = 4;
/// How many tokens after a name its "counties" may stand.
const MAX_LIST_TOKENS: usize = 10;
/// Words behind a language's name that are no noun of it.
const NO_NOUNS: [&str; 16] = [
    "and", "or", "but", "as", "called", "to", "for", "on", "by", "with", "at", "than", "because", "so", "means",
    "instead",
];
/// How many tokens a dateline has behind its place: "KYIV, Ukraine, March 3 (Reuters) —".
const MAX_DATELINE_TOKENS: usize = 12;
/// Numbers of a date among them.
const MAX_DATELINE_NUMBERS: usize = 2;

/// Whether `text` begins with a capital and is no single letter.
pub(super) fn is_name(text: &str) -> bool {
    is_capitalised(text) && text.chars().filter(|c| c.is_alphabetic()).nth(1).is_some()
}

pub(super) fn is_capitalised(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// The word before the token at `start`, past an article: "in the Hague".
pub(super) fn preposition<'a>(field: &TextField<'a>, start: usize) -> Option<&'a str> {
    let before = start.checked_sub(1)?;
    match field.word(before) {
        "the" | "The" => before.checked_sub(1).map(|at| field.word(at)),
        word => Some(word),
    }
}

/// The kind of place that the text says the name at `start` is of: "the city of X", "a town called X", "capital X".
pub(super) fn generic_before(field: &TextField<'_>, start: usize, words: &Words) -> Option<Generic> {
    generic_of(field, start, words).or_else(|| {
        // "the capital Kabul", but not "Oklahoma City Dallas" nor "state Sen. X".
        let word = field.word(start.checked_sub(1)?);
        words.generic(word).filter(|&generic| generic != Generic::Subdivision && !is_capitalised(word))
    })
}

/// The same, with "of" or "called" between.
pub(super) fn generic_of(field: &TextField<'_>, start: usize, words: &Words) -> Option<Generic> {
    let before = start.checked_sub(1)?;
    matches!(field.word(before), "of" | "called" | "named").then_some(())?;
    words.generic(field.word(before.checked_sub(1)?))
}

/// Whether "north of", "residents of" stands before the token at `start`.
pub(super) fn bearing_before(field: &TextField<'_>, start: usize, words: &Words) -> bool {
    let Some(before) = start.checked_sub(1) else { return false };
    matches!(field.word(before), "of" | "from")
        && before.checked_sub(1).is_some_and(|at| words.is_bearing(field.word(at)))
}

/// The kind that a word in small letters behind the name, or behind the list that it stands in, tells: "X province",
/// "X, Y and Z counties".
pub(super) fn generic_after(field: &TextField<'_>, end: usize, words: &Words) -> Option<Generic> {
    let mut listed = false;
    for at in end..field.tokens.len().min(end + MAX_LIST_TOKENS) {
        let word = field.word(at);
        if is_capitalised(word) && listed {
            continue;
        }
        match word {
            "," | "and" | "&" | "or" => listed = true,
            _ if listed => {
                return words.generic(word).filter(|_| {
                    word.ends_with("ies") || word.ends_with("es") || word.ends_with("ts") || word.ends_with("ns")
                });
            }
            _ => return words.generic(word).filter(|_| !is_capitalised(word)),
        }
    }
    None
}

/// Whether an office of a state, province or country follows: "New York Governor Ann Bell", "Lagos State".
pub(super) fn is_governed(field: &TextField<'_>, end: usize, words: &Words) -> bool {
    end < field.tokens.len() && words.is_governor(field.word(end))
}

/// Whether the demonym of `tokens` stands for a language: "in English and", but not "in English football".
pub(super) fn is_language(field: &TextField<'_>, tokens: Range<usize>, words: &Words) -> bool {
    let Some(before) = tokens.start.checked_sub(1) else { return false };
    let noun = |at: usize| {
        let word = field.word(at);
        word.chars().all(char::is_alphabetic) && !NO_NOUNS.contains(&word)
    };
    words.is_language(field.word(before), field.span_of(tokens.clone()).of(field.text))
        && (tokens.end >= field.tokens.len() || !noun(tokens.end))
}

/// `mention` with the word behind it that makes it the name of a river, an island or a road, if there is one.
pub(super) fn continued(field: &TextField<'_>, mention: Mention, words: &Words) -> Mention {
    let start = field.token_at(mention.span.start);
    let end = field.token_at(mention.span.end).max(start + 1);
    if end >= field.tokens.len() || !field.tokens[end - 1].space_after || !words.is_continued(field.word(end)) {
        return mention;
    }
    Mention { field: mention.field, span: field.span_of(start..end + 1) }
}

/// Whether the tokens are the place of a dateline by their form: in capitals, a dash behind, perhaps a container, a date
/// and an agency between. Unlike the entity stage's this one is found behind a headline or byline too.
pub(super) fn is_dateline(field: &TextField<'_>, start: usize, end: usize) -> bool {
    let capitals =
        (start..end).all(|at| !field.word(at).chars().any(char::is_lowercase)) && field.span_of(start..end).len() > 3;
    if !capitals {
        return false;
    }
    let mut at = end;
    let mut in_brackets = false;
    let mut numbers = 0;
    while at < field.tokens.len().min(end + MAX_DATELINE_TOKENS) {
        match field.word(at) {
            ":" if at == end => {
                return start == 0
                    || field.sentences.get(field.sentence_of(start)).is_some_and(|s| s.start as usize == start);
            }
            "-" | "--" | "—" | "–" => return field.tokens[at - 1].space_after || field.tokens[at].space_after,
            "(" => in_brackets = true,
            ")" => in_brackets = false,
            "," | "." | "/" => {}
            // A day, a year: more of them are a row of a table.
            _ if field.tokens[at].kind == TokenKind::Number && numbers < MAX_DATELINE_NUMBERS => numbers += 1,
            word if in_brackets || is_capitalised(word) => {}
            _ => return false,
        }
        at += 1;
    }
    false
}

/// Whether a comma and the name of a country or subdivision follow: "X, Texas", "X, W.Va.".
pub(super) fn is_contained(field: &TextField<'_>, end: usize, gazetteer: &Gazetteer) -> bool {
    if end + 1 >= field.tokens.len() || !matches!(field.word(end), "," | "(" | "in") {
        return false;
    }
    // "Austin, in Scott County"
    let end = if field.word(end) == "," && field.word(end + 1) == "in" { end + 1 } else { end };
    if end + 1 >= field.tokens.len() || !is_capitalised(field.word(end + 1)) {
        return false;
    }
    let mut key = String::new();
    (1..=2).rev().filter(|n| end + n < field.tokens.len()).any(|n| {
        let name = field.span_of(end + 1..end + 1 + n).of(field.text);
        let first = gazetteer.candidates(name, &mut key).next();
        first.is_some_and(|c| {
            matches!(Kind::of(gazetteer.place(c.place).feature_code), Kind::Country | Kind::Subdivision)
        })
    })
}

/// Whether a party stands before the name at `start`, where its hyphen is a token: ", R-Texas".
pub(super) fn is_after_party(field: &TextField<'_>, start: usize) -> bool {
    start >= 3
        && field.word(start - 1) == "-"
        && !field.tokens[start - 1].space_after
        && matches!(field.word(start - 2), "D" | "R" | "I")
        && matches!(field.word(start - 3), "," | "(")
}

/// Whether the name at `start` is somebody's home: "Stephen Davis, of Chiefland", "Winstanley, 25, from Marston".
pub(super) fn is_home(field: &TextField<'_>, start: usize) -> bool {
    let Some(before) = start.checked_sub(2) else { return false };
    matches!(field.word(start - 1), "of" | "from") && field.word(before) == ","
}

/// Whether the name stands in a list: a comma or "and" on either side with a capitalised word beyond.
pub(super) fn is_listed(field: &TextField<'_>, start: usize, end: usize) -> bool {
    let joins = |at: usize| matches!(field.word(at), "," | "and" | "or" | "&" | ";");
    let before =
        start >= 2 && joins(start - 1) && (is_capitalised(field.word(start - 2)) || field.word(start - 2) == ",");
    let after = end + 1 < field.tokens.len()
        && joins(end)
        && (is_capitalised(field.word(end + 1)) || field.word(end) == "," && field.word(end + 1) == "and");
    // "Kharkiv" in "Kharkiv, Sumy and Chernihiv"
    let opens = after && field.word(end) == "," && end + 2 < field.tokens.len() && joins(end + 2);
    let and = |at: usize| field.word(at) == "and";
    opens || before && (after || and(start - 1)) || after && and(end)
}

/// Whether "on" or "along" stands before a road.
pub(super) fn is_placed_road(field: &TextField<'_>, start: usize) -> bool {
    preposition(field, start).is_some_and(|word| matches!(word, "on" | "off" | "along"))
}

/// `mention` with the words beside it with which it is the name of a country, a region or a subdivision: "Burkina
/// [Faso]", "Democratic Republic of the [Congo]", "W. [Va.]". A town needs no more than it says.
pub(super) fn widened(
    document: &Document<'_>,
    mention: Mention,
    gazetteer: &Gazetteer,
    covered: &[Mention],
    key: &mut String,
) -> Mention {
    let field = document.field(mention.field);
    let start = field.token_at(mention.span.start);
    let end = field.token_at(mention.span.end).max(start + 1).min(field.tokens.len());
    let free = |at: usize| {
        let span = field.tokens[at].span;
        let first = covered.partition_point(|m| (m.field, m.span.end) <= (mention.field, span.start));
        covered.get(first).is_none_or(|m| m.field != mention.field || !m.span.overlaps(span))
    };
    // "Guinea" in "Guinea-Bissau"
    let token = field.tokens[start].span;
    if token != mention.span && token.contains(mention.span) && is_wide(gazetteer, token.of(field.text), key) {
        return Mention { field: mention.field, span: token };
    }
    let joins = |at: usize| {
        is_capitalised(field.word(at))
            || matches!(
                field.word(at),
                "of" | "the" | "and" | "de" | "do" | "da" | "dos" | "del" | "la" | "du" | "di" | "al" | "el"
            )
    };
    let mut from = start;
    while from > 0
        && start - from < MAX_WIDENING
        && field.tokens[from - 1].space_after
        && joins(from - 1)
        && free(from - 1)
    {
        from -= 1;
    }
    let mut to = end;
    while to < field.tokens.len()
        && to - end < 2
        && field.tokens[to - 1].space_after
        && is_capitalised(field.word(to))
        && free(to)
    {
        to += 1;
    }
    // The same where the hyphen is a token.
    let hyphen =
        |at: usize| field.word(at) == "-" && !field.tokens[at - 1].space_after && !field.tokens[at].space_after;
    if to == end && end + 1 < field.tokens.len() && hyphen(end) && is_capitalised(field.word(end + 1)) {
        to = end + 2;
    }
    if from == start && start >= 2 && hyphen(start - 1) && is_capitalised(field.word(start - 2)) {
        from = start - 2;
    }
    for first in from..=start {
        for last in (end..=to).rev() {
            if (first, last) == (start, end) || !is_capitalised(field.word(first)) {
                continue;
            }
            let span = field.span_of(first..last);
            if is_wide(gazetteer, span.of(field.text), key) {
                return Mention { field: mention.field, span };
            }
        }
    }
    mention
}

/// Whether `name` is a country's, a region's or a subdivision's before it is anything else's.
pub(super) fn is_wide(gazetteer: &Gazetteer, name: &str, key: &mut String) -> bool {
    let first = gazetteer.candidates(name, key).next().map(|c| gazetteer.place(c.place));
    first.is_some_and(|place| matches!(Kind::of(place.feature_code), Kind::Country | Kind::Region | Kind::Subdivision))
}
