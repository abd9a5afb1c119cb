//! The stage's lexicons: every word's classes in one table (`word_table`), and phrases by their first word (`phrases`).
//!
//! Words are data (`config/harm.toml`, `victims.toml`, `numbers.toml`, `causes.toml`,
//! `function_words.toml`); what follows from them is in the other files of this stage.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::lexicon_files::{CausesFile, FunctionFile, HarmFile, NumbersFile, VictimsFile};
use super::phrases::{Phrases, WordId};
use super::word_table::WordTable;
use super::{Category, CauseClass, Kind, Qualifier};
use crate::text::{LexiconError, Lexicons};

/// What a word can be; a set of these in [`Entry::classes`].
pub(super) mod class {
    macro_rules! classes {
        ($($name:ident)*) => { classes!(@ 0; $($name)*); };
        (@ $bit:expr; $name:ident $($rest:ident)*) => {
            pub(in crate::casualties) const $name: u64 = 1 << ($bit);
            classes!(@ $bit + 1; $($rest)*);
        };
        (@ $bit:expr;) => {};
    }
    classes! {
        BE HAVE MODAL NEGATIVE PREPOSITION CONJUNCTION SUBORDINATOR RELATIVE INDEFINITE DEFINITE POSSESSIVE
        PRONOUN_ONE PRONOUN_MANY REFLEXIVE ADVERB VERB REPORT PERSON_ONE PERSON_MANY GROUP THING UNIT UNIT_BEFORE
        MONTH CARDINAL SCALE MORE_BEFORE MORE_AFTER HARM_START HEDGE_START AMOUNT_START NOBODY_START PART_START
        STATUS_START CAUSE_START PROTEST REDUCED GENERIC HARM_WORD COMPOUND COMPOUND_BEFORE STATE_WORD ORDINAL NATURAL_START SEPARATE_START
    }
    /// Words that end a noun phrase.
    pub(in crate::casualties) const FUNCTION: u64 = BE
        | HAVE
        | MODAL
        | NEGATIVE
        | PREPOSITION
        | CONJUNCTION
        | SUBORDINATOR
        | RELATIVE
        | INDEFINITE
        | DEFINITE
        | POSSESSIVE
        | PRONOUN_ONE
        | PRONOUN_MANY
        | REFLEXIVE;
}

/// What the lexicons say about one word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    /// The word; the default where no lexicon holds it.
    pub word: WordId,
    /// A set of [`class`] bits.
    pub classes: u64,
    /// The value of a cardinal, a scale or a group of people.
    pub value: u32,
    /// The category of a noun of people.
    pub category: Option<Category>,
    /// The category that the word suggests beside another noun of people.
    pub hint: Option<Category>,
    /// The side that the word belongs to in a fight.
    pub side: Option<Side>,
    /// What a verb of harm tells of its cause: "shot".
    pub cause: Option<CauseClass>,
}

/// Who cannot be the same people in one story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    /// Soldiers, police.
    State,
    /// Militants, attackers.
    Opponent,
    /// Civilians, children.
    Civil,
}

/// Where the victims of a word of harm stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Frame {
    /// Before or after a past form: "12 were killed", "killed 12".
    Participle,
    /// After: "killing 12".
    Active,
    /// Before: "12 died".
    Subject,
    /// Before, as a state: "12 dead".
    State,
    /// The noun is what is counted: "12 deaths".
    Count,
    /// A total whose number follows: "the toll rose to 12".
    Toll,
    /// After the noun's "of": "the killing of two men".
    Of,
    /// Before, and nothing befell them: "all escaped unharmed".
    Unharmed,
    /// Between the words: "beat a man to death".
    Around,
    /// After, if they are combatants: "lost nine soldiers".
    Lost,
    /// Whoever did it: "turned the gun on himself".
    Own,
    /// No harm at all: "sentenced to death".
    Idiom,
}

/// One sense of a word of harm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Harm {
    pub kind: Kind,
    pub frame: Frame,
    /// Struck by a weapon: injured unless death follows.
    pub hit: bool,
}

/// What a status phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    Claimed,
    Feared,
    Denied,
    Past,
    /// A toll that still runs: "620 since March".
    Running,
    /// Past where the harm is named or told in a relative clause: "fighting in which 30 were killed last week".
    PastNamed,
    /// Past where it opens the clause of the harm: "a day after 11 were killed".
    PastBefore,
    /// Past where the harm is told in its relative clause: "an insurgency that has killed 20,000".
    PastWar,
}

/// A vague or exact amount in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    pub value: u64,
    pub vague: bool,
}

/// Everything that the stage knows of words.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: FxHashMap<Box<str>, Entry>,
    pub harm: Phrases<Harm>,
    pub hedges: Phrases<Qualifier>,
    pub more_before: Phrases<()>,
    pub amounts: Phrases<Amount>,
    pub nobody: Phrases<()>,
    pub parts: Phrases<()>,
    pub status: Phrases<Cue>,
    /// Signs of another incident of the same story.
    pub separate: Phrases<()>,
    /// Signs of a natural death.
    pub natural: Phrases<()>,
    pub causes: Phrases<CauseClass>,
}

impl Lexicon {
    /// Reads the stage's lexicons.
    pub(super) fn read(lexicons: &Lexicons) -> Result<Lexicon, LexiconError> {
        let harm: HarmFile = lexicons.read("harm.toml")?;
        let victims: VictimsFile = lexicons.read("victims.toml")?;
        let numbers: NumbersFile = lexicons.read("numbers.toml")?;
        let causes: CausesFile = lexicons.read("causes.toml")?;
        let function: FunctionFile = lexicons.read("function_words.toml")?;

        let mut table = WordTable::default();
        table.add_function_words(&function);
        table.add_people(&victims);
        table.add_numbers(&numbers);

        for form in harm.harm.iter().flat_map(|stanza| &stanza.forms).filter(|form| !form.contains(' ')) {
            table.mark(form, class::HARM_WORD);
        }
        let harm = harm
            .harm
            .into_iter()
            .flat_map(|stanza| {
                let harm = Harm { kind: stanza.kind, frame: stanza.frame, hit: stanza.hit };
                stanza.forms.into_iter().map(move |form| (form, harm))
            })
            .collect();
        let hedges = numbers.hedges;
        let hedges = [
            (hedges.at_least, Qualifier::AtLeast),
            (hedges.at_most, Qualifier::AtMost),
            (hedges.about, Qualifier::About),
            (hedges.none, Qualifier::Exact),
        ];
        let amounts = (numbers.vague.into_iter().map(|(w, value)| (w, Amount { value, vague: true })))
            .chain(numbers.exact.into_iter().map(|(w, value)| (w, Amount { value, vague: false })))
            .collect();
        let status = function.status;
        let status = [
            (status.claimed, Cue::Claimed),
            (status.feared, Cue::Feared),
            (status.denied, Cue::Denied),
            (status.past, Cue::Past),
            (status.running, Cue::Running),
            (status.past_named, Cue::PastNamed),
            (status.past_before, Cue::PastBefore),
            (status.past_war, Cue::PastWar),
        ];
        let plain = |words: Vec<String>| words.into_iter().map(|w| (w, ())).collect::<Vec<_>>();
        let labelled = |groups: Vec<(Vec<String>, Cue)>| -> Vec<(String, Cue)> {
            groups.into_iter().flat_map(|(words, cue)| words.into_iter().map(move |w| (w, cue))).collect()
        };
        for (&class, words) in &causes.verbs {
            for word in words {
                table.mark(word, 0).cause = Some(class);
            }
        }
        let table_of_causes = (causes.nouns.into_iter())
            .flat_map(|(class, words)| words.into_iter().map(move |word| (word, class)))
            .collect();
        Ok(Lexicon {
            harm: table.phrases(harm, class::HARM_START),
            hedges: table.phrases(
                hedges.into_iter().flat_map(|(words, q)| words.into_iter().map(move |w| (w, q))).collect(),
                class::HEDGE_START,
            ),
            more_before: table.phrases(plain(numbers.more.before), class::MORE_BEFORE),
            amounts: table.phrases(amounts, class::AMOUNT_START),
            nobody: table.phrases(plain(numbers.nobody.words), class::NOBODY_START),
            parts: table.phrases(plain(function.parts.words), class::PART_START),
            separate: table.phrases(plain(function.separate.words), class::SEPARATE_START),
            natural: table.phrases(plain(function.natural.words), class::NATURAL_START),
            status: table.phrases(labelled(status.into()), class::STATUS_START),
            causes: table.phrases(table_of_causes, class::CAUSE_START),
            words: table.words,
        })
    }

    /// What the lexicons say about `word`, whatever its case.
    pub(super) fn entry(&self, word: &str) -> Entry {
        // Names that look like small words: Al Shabaab, the Islamic State.
        if matches!(word, "AS" | "IS") {
            return Entry::default();
        }
        let mut buffer = [0; WORD_BYTES];
        let Some(folded) = fold(word, &mut buffer) else { return Entry::default() };
        if let Some(&entry) = self.words.get(folded) {
            return entry;
        }
        let former = folded.strip_prefix("ex-").or_else(|| folded.strip_prefix("co-"));
        former.and_then(|word| self.words.get(word)).copied().unwrap_or_default()
    }
}

/// The longest word that any lexicon holds.
const WORD_BYTES: usize = 32;

/// `word` in lower case with straight apostrophes, in `buffer`; `None` where it is too long for any lexicon or not
/// ASCII, which no lexicon word is.
fn fold<'b>(word: &str, buffer: &'b mut [u8; WORD_BYTES]) -> Option<&'b str> {
    if word.is_ascii() {
        let folded = buffer.get_mut(..word.len())?;
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        return std::str::from_utf8(folded).ok();
    }
    let mut length = 0;
    for character in word.chars() {
        let byte = match character {
            '\u{2019}' | '\u{2018}' => b'\'',
            '\u{2010}' | '\u{2011}' => b'-',
            '€' | '£' => return None,
            c if c.is_ascii() => (c as u8).to_ascii_lowercase(),
            _ => return None,
        };
        *buffer.get_mut(length)? = byte;
        length += 1;
    }
    std::str::from_utf8(&buffer[..length]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lexicons_read() {
        let lexicon = Lexicon::read(&Lexicons::default()).unwrap();
        assert!(lexicon.entry("Killed").classes & class::HARM_START != 0);
        assert_eq!(lexicon.entry("soldiers").category, Some(Category::Combatant));
        assert_eq!(lexicon.entry("nineteen").value, 19);
        assert_eq!(lexicon.entry("quixotic").classes, 0);
    }

    #[test]
    fn folding_straightens_apostrophes_and_refuses_what_no_lexicon_holds() {
        let mut buffer = [0; WORD_BYTES];
        assert_eq!(fold("Wasn\u{2019}t", &mut buffer), Some("wasn't"));
        assert_eq!(fold("Zürich", &mut buffer), None);
        assert_eq!(fold(&"a".repeat(33), &mut buffer), None);
    }
}
