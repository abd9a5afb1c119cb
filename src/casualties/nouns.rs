//! Nouns of people: the head of a noun phrase, and the category that it and the words before it give.

use super::Category;
use super::lexicon::class;
use super::sentence::Sentence;
use crate::text::TokenKind;

/// The words before a head noun, at most.
pub(super) const MODIFIERS: usize = 9;

/// A content word that no lexicon gives a part in a sentence.
pub(super) fn is_plain(sentence: &Sentence<'_>, at: usize) -> bool {
    !sentence.has(at, class::FUNCTION | class::HARM_START | class::ADVERB | class::VERB | class::UNIT | class::SCALE)
}

/// The head noun of the phrase whose modifiers start at `start`, and its category.
pub(super) fn head(sentence: &Sentence<'_>, start: usize) -> Option<(usize, Category)> {
    let mut found: Option<usize> = None;
    let mut hint = None;
    let mut at = start;
    while at < start + MODIFIERS && at < sentence.len() {
        // "Rescuers fear 50 people": another party starts.
        let number = sentence.kind(at) == Some(TokenKind::Number) || sentence.has(at, class::CARDINAL);
        if at > start && number && !sentence.has(at + 1, class::UNIT) {
            break;
        }
        let person = sentence.has(at, class::PERSON_ONE | class::PERSON_MANY | class::GROUP)
            || sentence.has(at, class::COMPOUND) && at > start && sentence.has(at - 1, class::COMPOUND_BEFORE);
        if person {
            found = Some(at);
        } else if is_age(sentence, at) {
            found = found.or(Some(at)).filter(|&head| is_age(sentence, head)).or(found);
        } else if sentence.is_punctuation(at) {
            match skip_mark(sentence, at) {
                Some(next) if found.is_none() || sentence.is(at, "(") => {
                    at = next;
                    continue;
                }
                _ => break,
            }
        } else if sentence.is(at, "'s") || sentence.is(at, "\u{2019}s") {
            // The possessor is not the one who is meant.
            found = None;
        } else if sentence.has(at, class::FUNCTION) {
            break;
        } else if sentence.has(at, class::HARM_START | class::VERB | class::REPORT) {
            // "Gunmen kill teacher": the verb qualifies nobody.
            if sentence.has(at, class::HARM_WORD) && !sentence.has(at, class::STATE_WORD) {
                break;
            }
            let person_next = sentence.has(at + 1, class::PERSON_ONE | class::PERSON_MANY);
            // "four suspected TTP militants", "three potential suicide bombers".
            let suspected = at == start && sentence.entries[at].hint.is_some();
            let compound = !sentence.has(at, class::HARM_WORD | class::VERB | class::REPORT);
            let modifier = found.is_none() && (at == start && person_next || suspected || person_next && compound);
            if !modifier {
                break;
            }
        } else if found.is_some_and(|head| head + 1 == at) {
            // "police car": no person; "policeman Ahmed", "police spokesman": the name, or the new head, decides.
            if sentence.has(at, class::THING) {
                found = None;
            } else if !sentence.has(at, class::ADVERB)
                && !sentence.is_capitalised(at)
                && person_soon(sentence, at).is_none()
            {
                break;
            }
        }
        hint = hint.or(sentence.entries[at].hint);
        at += 1;
    }
    let head = found?;
    let own = sentence.entries[head].category;
    let category = match (own, hint) {
        (Some(Category::Unknown) | None, Some(hint)) => hint,
        (Some(own), _) => own,
        (None, None) => age_category(sentence, head),
    };
    let category =
        if category == Category::Unknown { age_before(sentence, start, head).unwrap_or(category) } else { category };
    Some((head, category))
}

/// The next noun of people within three plain words.
fn person_soon(sentence: &Sentence<'_>, at: usize) -> Option<usize> {
    (at..at + 3)
        .take_while(|&i| sentence.is_word(i) && is_plain(sentence, i))
        .find(|&i| sentence.has(i, class::PERSON_ONE | class::PERSON_MANY))
}

/// The token after a quotation mark or a short bracket at `at`; `None` for any other mark.
fn skip_mark(sentence: &Sentence<'_>, at: usize) -> Option<usize> {
    match sentence.word(at) {
        "\"" | "\u{201c}" | "\u{201d}" | "'" | "\u{2018}" | "\u{2019}" | "-" | "/" => Some(at + 1),
        "(" => (at + 1..at + 5).find(|&i| sentence.is(i, ")")).map(|close| close + 1),
        _ => None,
    }
}

/// Whether the token is an age that stands for a person: "17-year-old".
fn is_age(sentence: &Sentence<'_>, at: usize) -> bool {
    let word = sentence.word(at);
    word.len() > 8
        && (word.ends_with("-old") || word.ends_with("-olds"))
        && (word.as_bytes()[0].is_ascii_digit() || age_in_words(word).is_some())
}

/// "five-year-old": five.
fn age_in_words(word: &str) -> Option<u32> {
    const YOUNG: [&str; 19] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let age = word.split('-').next()?;
    YOUNG.iter().zip(1..).find(|(name, _)| age.eq_ignore_ascii_case(name)).map(|(_, age)| age)
}

/// A child below eighteen.
fn age_category(sentence: &Sentence<'_>, at: usize) -> Category {
    let age = sentence.word(at).split('-').next().and_then(|age| age.parse::<u32>().ok());
    let age = age.or_else(|| age_in_words(sentence.word(at)));
    let months = sentence.word(at).contains("month") || sentence.word(at).contains("week");
    if age.is_some_and(|age| age < 18 || months) { Category::Child } else { Category::Unknown }
}

fn age_before(sentence: &Sentence<'_>, start: usize, head: usize) -> Option<Category> {
    (start..head).find(|&i| is_age(sentence, i)).map(|i| age_category(sentence, i))
}
