//! Numbers of people: digits, words, vague amounts, ranges and hedges; and what is no count of people.

use std::ops::Range;

use super::lexicon::{Lexicon, class};
use super::sentence::Sentence;
use super::{Count, Qualifier};
use crate::text::TokenKind;

/// A number in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantity {
    /// From the hedge to the number's last word.
    pub tokens: Range<usize>,
    pub low: u64,
    pub high: Option<u64>,
    pub qualifier: Qualifier,
    /// Beside others told already: "another 30", "two more".
    pub more: bool,
}

impl Quantity {
    /// The published count.
    pub(super) fn count(&self, sentence: &Sentence<'_>) -> Count {
        Count { low: self.low, high: self.high, qualifier: self.qualifier, span: sentence.span(&self.tokens) }
    }
}

/// A bare number: the token after it, and its fewest and most.
struct Value {
    end: usize,
    low: u64,
    high: u64,
    vague: bool,
}

/// The hedges before a number, at most.
const HEDGES: usize = 3;

/// The number that starts at token `start`, hedge first; `None` where there is none or it counts no people.
pub(super) fn quantity(lexicon: &Lexicon, sentence: &Sentence<'_>, start: usize) -> Option<Quantity> {
    // "'more than ten' rebels".
    let quoted = is_quote(sentence, start) && sentence.has(start + 1, class::HEDGE_START);
    let mut at = start + usize::from(quoted);
    let mut qualifier = Qualifier::Exact;
    let mut more = false;
    for _ in 0..HEDGES {
        if sentence.has(at, class::MORE_BEFORE)
            && let Some((end, ())) = lexicon.more_before.longest(sentence, at)
        {
            more = true;
            at = end;
        } else if sentence.has(at, class::HEDGE_START)
            && let Some((end, hedge)) = lexicon.hedges.longest(sentence, at)
        {
            if hedge != Qualifier::Exact {
                qualifier = hedge;
            }
            at = end;
        } else {
            break;
        }
    }
    if sentence.is(at, "between") || (sentence.is(at, "from") && at > start) {
        at += 1;
    }
    let between = at > 0 && sentence.is(at - 1, "between");
    // "how many people were killed" asks.
    if start > 0 && sentence.is_any(start - 1, &["how", "however"]) && sentence.is_any(start, &["many", "few"]) {
        return None;
    }
    // "a third was wounded": one more.
    let ordinal = at + usize::from(sentence.is(at, "a"));
    if sentence.has(ordinal, class::ORDINAL) && at == start && (ordinal > at || at == 0 || sentence.is_edge(at - 1)) {
        let next = ordinal + 1;
        let people = sentence.has(next, class::PERSON_ONE)
            || sentence.has(next, class::BE | class::HARM_WORD) && !sentence.has(next, class::PERSON_MANY);
        let quantity = Quantity { tokens: start..next, low: 1, high: Some(1), qualifier: Qualifier::Exact, more: true };
        return people.then_some(quantity);
    }
    let Some(mut value) = value(lexicon, sentence, at) else {
        // "another was wounded": one more.
        let another = more && at == start + 1 && sentence.is(start, "another");
        return another.then_some(Quantity { tokens: start..at, low: 1, high: Some(1), qualifier, more });
    };
    if between || sentence.is_any(value.end, &["to", "or", "-", "\u{2013}"]) {
        let joiner = !between || sentence.is_any(value.end, &["and", "to", "-", "\u{2013}"]);
        if joiner && let Some(upper) = self::value(lexicon, sentence, value.end + 1) {
            if !upper.vague && !value.vague && upper.low > value.low {
                value = Value { end: upper.end, low: value.low, high: upper.low, vague: false };
            } else if between {
                return None;
            }
        }
    }
    let closing = usize::from(quoted && is_quote(sentence, value.end));
    if closing == 0 && is_no_count(sentence, start, at, &value) {
        return None;
    }
    let mut end = value.end + closing;
    if sentence.is(end, "or") && sentence.is(end + 1, "more") {
        qualifier = Qualifier::AtLeast;
        end += 2;
    } else if sentence.is(end, "+") || sentence.is(end, "plus") && !sentence.is_word(end + 1) {
        qualifier = Qualifier::AtLeast;
        end += 1;
    }
    if sentence.has(end, class::MORE_AFTER) && !sentence.is(end + 1, "than") {
        more = true;
        if !sentence.is(end, "others") {
            end += 1;
        }
    }
    let (low, high, qualifier) = match qualifier {
        Qualifier::AtLeast => (value.low, None, Qualifier::AtLeast),
        Qualifier::AtMost => (value.low, Some(value.high), Qualifier::AtMost),
        _ if value.vague => (value.low, None, Qualifier::Vague),
        _ if value.high > value.low => (value.low, Some(value.high), Qualifier::Range),
        other => (value.low, Some(value.high), other),
    };
    Some(Quantity { tokens: start..end, low, high, qualifier, more })
}

/// The number alone that starts at token `at`.
fn value(lexicon: &Lexicon, sentence: &Sentence<'_>, at: usize) -> Option<Value> {
    // "killed 'many' villagers".
    if is_quote(sentence, at) && sentence.has(at + 1, class::AMOUNT_START) {
        return value(lexicon, sentence, at + 1);
    }
    if sentence.has(at, class::AMOUNT_START)
        && let Some((end, amount)) = lexicon.amounts.longest(sentence, at)
    {
        // "a group of 12 people": the number is the better one.
        if let Some(cardinal) = cardinal(sentence, end).filter(|_| amount.vague) {
            return Some(cardinal);
        }
        // "both of them": the people told of before.
        let back = sentence.has(end + 1, class::DEFINITE | class::POSSESSIVE | class::PRONOUN_MANY | class::RELATIVE);
        let of = usize::from(amount.value > 0 && !amount.vague && sentence.is(end, "of") && !back);
        let of = of + usize::from(amount.vague && is_quote(sentence, end));
        return Some(Value { end: end + of, low: amount.value, high: amount.value, vague: amount.vague });
    }
    cardinal(sentence, at)
}

fn is_quote(sentence: &Sentence<'_>, at: usize) -> bool {
    matches!(sentence.word(at), "'" | "\"" | "\u{2018}" | "\u{2019}" | "\u{201c}" | "\u{201d}")
}

fn cardinal(sentence: &Sentence<'_>, at: usize) -> Option<Value> {
    match sentence.kind(at)? {
        TokenKind::Number => digits(sentence, at),
        TokenKind::Word => in_words(sentence, at),
        TokenKind::Punctuation => None,
    }
}

/// "12", "1,200", "14 000", "80-83", "1.2 million", "2 dozen".
fn digits(sentence: &Sentence<'_>, at: usize) -> Option<Value> {
    let text = sentence.word(at);
    let mut end = at + 1;
    if let Some((low, high)) = text.split_once(['-', '\u{2013}']) {
        let (low, high) = (parse_whole(low)?, parse_whole(high)?);
        return (low < high).then_some(Value { end, low, high, vague: false });
    }
    let scale = if sentence.has(end, class::SCALE) { u64::from(sentence.entries[end].value) } else { 1 };
    if scale > 1 {
        let number: f64 = text.replace(',', "").parse().ok()?;
        let number = (number * scale as f64).round();
        return (number < 1e12).then_some(Value {
            end: end + 1,
            low: number as u64,
            high: number as u64,
            vague: false,
        });
    }
    let mut number = parse_whole(text)?;
    while text.len() <= 3 && sentence.kind(end) == Some(TokenKind::Number) && number < 1_000_000_000 {
        let group = sentence.word(end);
        if group.len() != 3 || !group.bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        number = number * 1000 + parse_whole(group)?;
        end += 1;
    }
    Some(Value { end, low: number, high: number, vague: false })
}

/// "1200" or "1,200": a whole number of at most twelve digits, commas only before groups of three.
fn parse_whole(text: &str) -> Option<u64> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let grouped = groups.clone().all(|group| group.len() == 3 || group.len() == 2);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if !grouped || first.is_empty() || digits > 12 || !text.bytes().all(|b| b.is_ascii_digit() || b == b',') {
        return None;
    }
    text.bytes().filter(u8::is_ascii_digit).try_fold(0_u64, |n, b| n.checked_mul(10)?.checked_add(u64::from(b - b'0')))
}

/// "five", "twenty-five", "one hundred and five", "two dozen".
fn in_words(sentence: &Sentence<'_>, at: usize) -> Option<Value> {
    let mut total: u64 = 0;
    let mut part: u64 = 0;
    let mut end = at;
    let mut any = false;
    // Twelve words hold any number that a newspaper spells out.
    while end < at + 12 {
        if sentence.has(end, class::CARDINAL) {
            let value = u64::from(sentence.entries[end].value);
            // "two three": two numbers.
            if any && !part.is_multiple_of(100) && !(part % 100 >= 20 && part.is_multiple_of(10) && value < 10) {
                break;
            }
            part += value;
        } else if any && sentence.has(end, class::SCALE) {
            let scale = u64::from(sentence.entries[end].value);
            if scale >= 1000 {
                total = total.saturating_add(part.saturating_mul(scale));
                part = 0;
            } else {
                part = part.saturating_mul(scale);
            }
        } else if any && joins_words(sentence, end, part >= 100 || total > 0) {
            end += 1;
            continue;
        } else if let Some((tens, ones)) = sentence.word(end).split_once('-').filter(|_| !any || part == 0) {
            let (tens, ones) = (tens_of(tens)?, ones_of(ones)?);
            part += tens + ones;
        } else {
            break;
        }
        any = true;
        end += 1;
    }
    let low = total.saturating_add(part);
    any.then_some(Value { end, low, high: low, vague: false })
}

/// Whether the token only joins two words of a number: "hundred and five", "twenty - five".
fn joins_words(sentence: &Sentence<'_>, at: usize, past_hundred: bool) -> bool {
    let and = past_hundred && sentence.is(at, "and") && sentence.before_has(at, class::SCALE);
    (and || sentence.is(at, "-")) && sentence.has(at + 1, class::CARDINAL)
}

const ONES: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn tens_of(word: &str) -> Option<u64> {
    TENS.iter().position(|tens| word.eq_ignore_ascii_case(tens)).map(|i| (i as u64 + 2) * 10)
}

fn ones_of(word: &str) -> Option<u64> {
    ONES.iter().position(|ones| word.eq_ignore_ascii_case(ones)).map(|i| i as u64 + 1)
}

/// Whether the number measures, dates or names something: no count of people.
fn is_no_count(sentence: &Sentence<'_>, start: usize, at: usize, value: &Value) -> bool {
    let spelled = sentence.kind(at) == Some(TokenKind::Word);
    if sentence.has(value.end, class::UNIT) && !sentence.has(value.end, class::PERSON_ONE | class::PERSON_MANY) {
        return true;
    }
    if sentence.is_any(value.end, &["%", "-", "'", "'s", "s", "\u{2019}", "\u{2019}s", "/", ":"])
        && !sentence.tokens[value.end - 1].space_after
    {
        return true;
    }
    if spelled {
        return false;
    }
    let before = if start < at { start } else { at };
    if sentence.before_has(before, class::UNIT_BEFORE | class::MONTH) || sentence.has(value.end, class::MONTH) {
        return true;
    }
    if before > 0 && sentence.is_any(before - 1, &["$", "€", "£"]) {
        return true;
    }
    // "10:30", "5/02"; but "Mali: 3 killed", "2 dead/5 wounded".
    if before > 1
        && sentence.is_any(before - 1, &["/", ":"])
        && !sentence.tokens[before - 1].space_after
        && sentence.kind(before - 2) == Some(TokenKind::Number)
    {
        return true;
    }
    // An emergency number; "ages 19 to 24 were".
    if sentence.word(at) == "911" && !sentence.has(value.end, class::PERSON_MANY) || ends_ages(sentence, before) {
        return true;
    }
    if value.low < 120 && is_age(sentence, before, value.end) {
        return true;
    }
    // A year: "in 2003", "the 2015 attacks".
    let year = sentence.word(at).len() == 4 && (1900..=2100).contains(&value.low) && value.end == at + 1;
    year && !sentence.has(value.end, class::PERSON_MANY)
}

/// Whether the number at `start` is one of "ages 19 to 24", "between the ages of 27 and 45".
fn ends_ages(sentence: &Sentence<'_>, start: usize) -> bool {
    const AGES: [&str; 3] = ["age", "ages", "aged"];
    let opens = |at: usize| {
        sentence.is_any(at.wrapping_sub(1), &AGES)
            || sentence.is(at.wrapping_sub(1), "of") && sentence.is_any(at.wrapping_sub(2), &AGES)
    };
    opens(start)
        || start > 2
            && sentence.is_any(start - 1, &["to", "and", "or", "-"])
            && sentence.kind(start - 2) == Some(TokenKind::Number)
            && opens(start - 2)
}

/// Whether a bare number stands where an age does: "Rajib Das, 25, died", "Soma (26)", "the brothers, 16 and 17, were".
fn is_age(sentence: &Sentence<'_>, start: usize, end: usize) -> bool {
    // "a woman 49, and two men".
    if sentence.before_has(start, class::PERSON_ONE) && sentence.is(end, ",") {
        return true;
    }
    let before = |n: usize| start.checked_sub(n).map_or("", |at| sentence.word(at));
    // "He was 101 and died".
    if start > 1 && sentence.is_any(start - 1, &["was", "is", "turned"]) && sentence.has(start - 2, class::PRONOUN_ONE)
    {
        return true;
    }
    let number = |at: usize| sentence.kind(at) == Some(TokenKind::Number);
    match (before(1), sentence.word(end)) {
        (",", "," | "." | ")" | ";") => start > 1,
        ("(", ")") => true,
        (",", "and") => number(end + 1),
        ("and", _) => start > 2 && number(start - 2) && before(3) == ",",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casualties::testing::Parsed;

    fn read(text: &str) -> Option<(u64, Option<u64>, Qualifier)> {
        let parsed = Parsed::new(text);
        quantity(&parsed.lexicon, &parsed.sentence(), 0).map(|q| (q.low, q.high, q.qualifier))
    }

    #[test]
    fn digits_words_and_scales() {
        for (text, expected) in [
            ("12 people", 12),
            ("1,200 people", 1200),
            ("14 000 people", 14_000),
            ("1.2 million people", 1_200_000),
            ("two dozen people", 24),
            ("one hundred and five people", 105),
            ("twenty-five people", 25),
            ("three thousand two hundred people", 3200),
            ("a dozen people", 12),
            ("no people", 0),
        ] {
            assert_eq!(read(text), Some((expected, Some(expected), Qualifier::Exact)), "{text}");
        }
    }

    #[test]
    fn hedges_bound_a_number() {
        assert_eq!(read("at least 12 people"), Some((12, None, Qualifier::AtLeast)));
        assert_eq!(read("as many as seven people"), Some((7, Some(7), Qualifier::AtMost)));
        assert_eq!(read("an estimated 40 people"), Some((40, Some(40), Qualifier::About)));
        assert_eq!(read("dozens of people"), Some((12, None, Qualifier::Vague)));
        assert_eq!(read("12 or more people"), Some((12, None, Qualifier::AtLeast)));
    }

    #[test]
    fn ranges() {
        for text in ["80-83 people", "80 to 83 people", "between 80 and 83 people", "80 or 83 people"] {
            assert_eq!(read(text), Some((80, Some(83), Qualifier::Range)), "{text}");
        }
        assert_eq!(read("2-1 win"), None);
    }

    #[test]
    fn what_measures_counts_nobody() {
        for text in ["12 percent", "12% more", "9 mm", "30 years", "12 kilometres", "2003 saw", "14 February"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
