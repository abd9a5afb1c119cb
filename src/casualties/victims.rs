//! Parties: the noun phrases of a sentence that name people who may be hurt, with how many they are.

use std::ops::Range;

use super::lexicon::{Lexicon, class};
use super::nouns::{MODIFIERS, head, is_plain};
use super::numbers::{self, Quantity};
use super::sentence::Sentence;
use super::{Category, Count, Qualifier};
use crate::text::TokenKind;

/// How a party refers to its people, which decides what it can add to a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// With a number: "12 people".
    Counted,
    /// "a man", "his son", "Man" in a headline: one person, perhaps told of for the first time.
    Indefinite,
    /// "civilians": no number.
    Plural,
    /// "the boy", "the two men": told of before.
    Definite,
    /// "he".
    Pronoun,
    /// "Ali Hassan".
    Name,
    /// "one of them": part of a number told before.
    Partitive,
    /// "no one": an explicit zero.
    Nobody,
}

/// People in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Party {
    /// The whole phrase.
    pub tokens: Range<usize>,
    /// The words for the people, without the number; empty where there are none ("12 were killed").
    pub words: Range<usize>,
    /// The number, where the text gives one.
    pub quantity: Option<Quantity>,
    /// How many, whatever the form; `None` for a bare plural.
    pub number: Option<u64>,
    pub reference: Reference,
    pub category: Category,
    /// The number stands alone or before a noun that the lexicons do not know.
    pub bare: bool,
}

impl Party {
    /// Whether the party adds to others told of before: "another man", "three others".
    pub(super) fn is_more(&self) -> bool {
        self.quantity.as_ref().is_some_and(|quantity| quantity.more)
    }

    /// Whether the party only points back at people told of before.
    pub(super) fn is_weak(&self) -> bool {
        matches!(self.reference, Reference::Definite | Reference::Pronoun | Reference::Name)
    }

    /// The published count.
    pub(super) fn count(&self, sentence: &Sentence<'_>) -> Option<Count> {
        if let Some(quantity) = &self.quantity {
            return Some(quantity.count(sentence));
        }
        let number = self.number?;
        let span = sentence.span(&self.tokens);
        Some(Count { low: number, high: Some(number), qualifier: Qualifier::Exact, span })
    }
}

/// Every party of the sentence, in order; none overlap.
pub(super) fn parties(lexicon: &Lexicon, sentence: &Sentence<'_>) -> Vec<Party> {
    let mut parties = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        match party(lexicon, sentence, at) {
            Some(party) => {
                at = party.tokens.end.max(at + 1);
                parties.push(party);
            }
            None => at += 1,
        }
    }
    parties
}

fn party(lexicon: &Lexicon, sentence: &Sentence<'_>, start: usize) -> Option<Party> {
    if sentence.has(start, class::NOBODY_START)
        && let Some((end, ())) = lexicon.nobody.longest(sentence, start)
    {
        return nobody(sentence, start, end);
    }
    let quoted = sentence.is_punctuation(start) && sentence.has(start + 1, class::AMOUNT_START | class::HEDGE_START);
    if sentence.is_punctuation(start) && !quoted
        || sentence.has(start, class::REFLEXIVE | class::CONJUNCTION | class::RELATIVE & !class::DEFINITE)
    {
        return None;
    }
    if sentence.has(start, class::PRONOUN_ONE | class::PRONOUN_MANY)
        && !sentence.has(start, class::CARDINAL | class::MORE_AFTER)
    {
        return Some(pronoun(sentence, start));
    }
    // "15 people, mostly civilians": the civilians are a party of their own.
    if sentence.has(start, class::PART_START) && !sentence.has(start, class::HEDGE_START | class::AMOUNT_START) {
        let phrase = lexicon.parts.longest(sentence, start);
        if phrase.is_some_and(|(end, ())| end == start + 1) {
            return None;
        }
    }
    if let Some(party) = all_but(lexicon, sentence, start) {
        return Some(party);
    }
    let definite = sentence.has(start, class::DEFINITE) || sentence.is_any(start, &["all", "either"]);
    let possessive = sentence.has(start, class::POSSESSIVE);
    let mut at = start + usize::from(definite || possessive);
    if definite && sentence.has(at, class::DEFINITE | class::POSSESSIVE) {
        at += 1;
    }
    if let Some(quantity) = numbers::quantity(lexicon, sentence, at) {
        let definite = definite || sentence.is(at, "both");
        return counted(lexicon, sentence, start, quantity, definite);
    }
    if sentence.is(start, "any") {
        return any(sentence, start);
    }
    let indefinite = sentence.has(at, class::INDEFINITE);
    if indefinite {
        at += 1;
    }
    let head = head(sentence, at);
    let Some((head, category)) = head else {
        return if definite || possessive || indefinite { None } else { name(sentence, start) };
    };
    let many = sentence.has(head, class::PERSON_MANY) && !sentence.has(head, class::PERSON_ONE);
    let group = sentence.has(head, class::GROUP) && (indefinite || definite || possessive);
    let number = if group {
        Some(u64::from(sentence.entries[head].value))
    } else if let Some(family) = family_of(lexicon, sentence, head) {
        Some(family.low)
    } else {
        // "a security personnel": one.
        (!many || indefinite).then_some(1)
    };
    let reference = match (indefinite, definite) {
        _ if number.is_none() && !definite => Reference::Plural,
        (true, _) => Reference::Indefinite,
        (_, true) => Reference::Definite,
        _ if possessive => Reference::Indefinite,
        // Without a determiner: a headline's "Man killed", or a role before a name.
        _ if sentence.word(head).len() < 4
            && sentence.word(head) == sentence.word(head).to_uppercase()
            && !sentence.is(head, "mp") =>
        {
            return None;
        }
        _ => Reference::Indefinite,
    };
    Some(Party {
        tokens: start..end_of_parent(sentence, head),
        words: at..head + 1,
        quantity: None,
        number,
        reference,
        category,
        bare: false,
    })
}

/// The token after a noun of people, and after what "a mother of two" says of her.
fn end_of_parent(sentence: &Sentence<'_>, head: usize) -> usize {
    let number = sentence.has(head + 2, class::CARDINAL) || sentence.kind(head + 2) == Some(TokenKind::Number);
    let parent = sentence.is_any(head, &["mother", "father", "mom", "dad", "parent", "grandmother", "grandfather"]);
    if parent
        && sentence.is(head + 1, "of")
        && number
        && !sentence.has(head + 3, class::PERSON_ONE | class::PERSON_MANY)
    {
        return head + 3;
    }
    head + 1
}

/// "no one", "none of them", "no civilians".
fn nobody(sentence: &Sentence<'_>, start: usize, mut end: usize) -> Option<Party> {
    if sentence.is(end, "else") {
        return None;
    }
    if sentence.is(end, "of") {
        while end < start + MODIFIERS
            && sentence.is_word(end)
            && !sentence.has(end, class::BE | class::HAVE | class::HARM_START)
        {
            end += 1;
        }
    }
    let words = end..end;
    let (reference, category) = (Reference::Nobody, Category::Unknown);
    Some(Party { tokens: start..end, words, quantity: None, number: Some(0), reference, category, bare: false })
}

/// "all but one of the sixteen on board": fifteen.
fn all_but(lexicon: &Lexicon, sentence: &Sentence<'_>, start: usize) -> Option<Party> {
    if !sentence.is(start, "all") || !sentence.is(start + 1, "but") {
        return None;
    }
    let spared = numbers::quantity(lexicon, sentence, start + 2)?;
    let of = spared.tokens.end;
    if !sentence.is(of, "of") || !sentence.has(of + 1, class::DEFINITE | class::POSSESSIVE) {
        return None;
    }
    let whole = numbers::quantity(lexicon, sentence, of + 2)?;
    let low = whole.low.checked_sub(spared.low)?;
    let (tokens, high, qualifier) = (start..whole.tokens.end, Some(low), Qualifier::Exact);
    let quantity = Quantity { tokens, low, high, qualifier, more: false };
    counted(lexicon, sentence, start, quantity, false)
}

/// "any of its soldiers", "any civilians": no number.
fn any(sentence: &Sentence<'_>, start: usize) -> Option<Party> {
    let mut at = start + 1;
    if sentence.is(at, "of") {
        at += 1 + usize::from(sentence.has(at + 1, class::DEFINITE | class::POSSESSIVE));
    }
    let (head, category) = head(sentence, at)?;
    Some(Party {
        tokens: start..head + 1,
        words: at..head + 1,
        quantity: None,
        number: None,
        reference: Reference::Plural,
        category,
        bare: false,
    })
}

fn pronoun(sentence: &Sentence<'_>, at: usize) -> Party {
    let number = sentence.has(at, class::PRONOUN_ONE).then_some(1);
    let (reference, category) = (Reference::Pronoun, Category::Unknown);
    Party { tokens: at..at + 1, words: at..at + 1, quantity: None, number, reference, category, bare: false }
}

/// A party that starts with a number.
fn counted(
    lexicon: &Lexicon,
    sentence: &Sentence<'_>,
    start: usize,
    quantity: Quantity,
    definite: bool,
) -> Option<Party> {
    let mut at = quantity.tokens.end;
    let number = Some(quantity.low);
    let party = |end: usize, words: Range<usize>, reference, category, bare, quantity| Party {
        tokens: start..end,
        words,
        quantity: Some(quantity),
        number,
        reference,
        category,
        bare,
    };
    if quantity.low == 0 && sentence.has(at, class::FUNCTION) {
        return None;
    }
    // "both her sons".
    if sentence.is(at - 1, "both") && sentence.has(at, class::POSSESSIVE | class::DEFINITE) {
        at += 1;
    }
    let mut partitive = false;
    if sentence.is(at, "of") {
        if sentence.is_any(at + 1, &["them", "whom", "these", "those", "which"]) {
            // "two of those men": the noun belongs to it.
            if let Some((head, category)) = head(sentence, at + 2).filter(|_| sentence.has(at + 1, class::DEFINITE)) {
                return Some(party(head + 1, at + 2..head + 1, Reference::Partitive, category, false, quantity));
            }
            return Some(party(at + 2, at + 2..at + 2, Reference::Partitive, Category::Unknown, true, quantity));
        }
        // "with three of the latter killed".
        if sentence.is(at + 1, "the") && sentence.is_any(at + 2, &["latter", "former"]) {
            return Some(party(at + 3, at + 3..at + 3, Reference::Counted, Category::Unknown, true, quantity));
        }
        // "killed three of its own".
        if sentence.has(at + 1, class::POSSESSIVE) && sentence.is(at + 2, "own") && sentence.is_edge(at + 3) {
            return Some(party(at + 3, at + 3..at + 3, Reference::Counted, Category::Unknown, true, quantity));
        }
        if sentence.has(at + 1, class::DEFINITE | class::POSSESSIVE) {
            partitive = true;
            at += 2;
            if let Some(whole) = numbers::quantity(lexicon, sentence, at) {
                at = whole.tokens.end;
            }
        } else {
            // "nine of attackers".
            if let Some((head, category)) = head(sentence, at + 1).filter(|&(head, _)| head == at + 1)
                && sentence.has(head, class::PERSON_MANY)
            {
                return Some(party(head + 1, head..head + 1, Reference::Counted, category, false, quantity));
            }
            // "30 of General Athor's men".
            let owner = (at + 1..at + 6).find(|&i| sentence.is_any(i, &["'s", "\u{2019}s"]))?;
            let (head, category) = head(sentence, at + 1).filter(|&(head, _)| head > owner)?;
            return Some(party(head + 1, owner + 1..head + 1, Reference::Counted, category, false, quantity));
        }
    }
    let reference = match (definite, partitive) {
        (_, true) => Reference::Partitive,
        (true, _) => Reference::Definite,
        _ if quantity.low == 0 => Reference::Nobody,
        _ => Reference::Counted,
    };
    if sentence.is(at, "others") {
        let words = at..at + 1;
        return Some(party(at + 1, words, Reference::Counted, Category::Unknown, false, quantity));
    }
    if let Some((head, category)) = head(sentence, at) {
        // "66 people or more".
        if sentence.is(head + 1, "or") && sentence.is(head + 2, "more") {
            let quantity = Quantity { high: None, qualifier: Qualifier::AtLeast, ..quantity };
            return Some(party(head + 3, at..head + 1, reference, category, false, quantity));
        }
        // "nine soldiers and policemen": one number for both.
        if let Some((last, other)) = joined_noun(sentence, head) {
            let category = if other == category { category } else { Category::Mixed };
            return Some(party(last + 1, at..last + 1, reference, category, false, quantity));
        }
        return Some(party(head + 1, at..head + 1, reference, category, false, quantity));
    }
    if ends_phrase(sentence, at) {
        // "12 were killed", "killing 12.", "12 dead".
        return Some(party(at, at..at, reference, Category::Unknown, true, quantity));
    }
    // "12 Rohingyas were killed": a noun that no lexicon knows.
    let mut end = at;
    while end < at + 4 && sentence.kind(end) == Some(TokenKind::Word) && is_plain(sentence, end) {
        end += 1;
    }
    let plural = end > at
        && (sentence.word(end - 1).ends_with('s')
            || sentence.is_capitalised(end - 1)
            || quantity.low == 1 && !sentence.is(end - 1, "else"));
    // "several factual details": a vague number needs a people's name.
    let vague = quantity.qualifier == Qualifier::Vague && end > at && !sentence.is_capitalised(end - 1);
    // "300 papers in many fields, died": such a noun stands right before the harm or its verb.
    let named = end == at || sentence.is_capitalised(end - 1);
    let apart = !named && sentence.has(end, class::PREPOSITION) && !sentence.before_has(start, class::HARM_WORD);
    if !plural || vague || apart || !ends_phrase(sentence, end) || sentence.has(end - 1, class::THING) {
        return None;
    }
    Some(party(end, at..end, reference, Category::Unknown, true, quantity))
}

/// The plural noun of people that shares the number of the one at `head`: "nine soldiers and policemen".
fn joined_noun(sentence: &Sentence<'_>, head: usize) -> Option<(usize, Category)> {
    let next = head + 2;
    let numbered = sentence.kind(next) == Some(TokenKind::Number)
        || sentence.has(next, class::FUNCTION | class::CARDINAL | class::AMOUNT_START | class::MORE_BEFORE);
    if numbered || !sentence.has(head, class::PERSON_MANY) || !sentence.is_any(head + 1, &["and", "or", "/"]) {
        return None;
    }
    let (last, category) = super::nouns::head(sentence, next)?;
    (sentence.has(last, class::PERSON_MANY) && last - next < 3 && !sentence.has(last, class::GROUP))
        .then_some((last, category))
}

/// Whether a noun phrase cannot go on at `at`.
fn ends_phrase(sentence: &Sentence<'_>, at: usize) -> bool {
    sentence.is_edge(at) || sentence.has(at, class::FUNCTION | class::HARM_START | class::ADVERB | class::VERB)
}

/// "a family of four": four.
fn family_of(lexicon: &Lexicon, sentence: &Sentence<'_>, head: usize) -> Option<Quantity> {
    if !sentence.is(head, "family") || !sentence.is(head + 1, "of") {
        return None;
    }
    numbers::quantity(lexicon, sentence, head + 2)
}

/// A person's name: two capitalised words or more that mean nothing else.
fn name(sentence: &Sentence<'_>, start: usize) -> Option<Party> {
    let mut end = start;
    while end < start + 5
        && sentence.is_capitalised(end)
        && is_name(sentence, start, end)
        && !sentence.has(end, class::THING | class::MONTH)
    {
        end += 1;
    }
    let short = end - start < 2 && sentence.word(start).len() < 3;
    // "Defence Ministry": no person.
    if end == start || short || sentence.is_capitalised(end) && sentence.has(end, class::THING) {
        return None;
    }
    let (reference, category) = (Reference::Name, Category::Unknown);
    Some(Party {
        tokens: start..end,
        words: start..end,
        quantity: None,
        number: Some(1),
        reference,
        category,
        bare: end - start < 2,
    })
}

/// Whether the capitalised word at `at` may be part of a name that starts at `start`: "Omar Said".
fn is_name(sentence: &Sentence<'_>, start: usize, at: usize) -> bool {
    is_plain(sentence, at) || at > start && sentence.has(at, class::REPORT)
}
