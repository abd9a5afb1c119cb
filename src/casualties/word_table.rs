//! The table of words while the lexicon files are read into it.

use rustc_hash::FxHashMap;

use super::lexicon::{Entry, class};
use super::lexicon_files::{FunctionFile, NumbersFile, VictimsFile};
use super::phrases::{Phrases, WordId};

/// The words while they are collected.
#[derive(Default)]
pub(super) struct WordTable {
    pub words: FxHashMap<Box<str>, Entry>,
}

impl WordTable {
    pub(super) fn mark(&mut self, word: &str, class: u64) -> &mut Entry {
        // The default id is no word's.
        let word_id = WordId(self.words.len() as u32 + 1);
        let entry = self.words.entry(Box::from(word)).or_insert_with(|| Entry { word: word_id, ..Entry::default() });
        entry.classes |= class;
        entry
    }

    pub(super) fn mark_all(&mut self, words: &[String], class: u64) {
        for word in words {
            self.mark(word, class);
        }
    }

    /// Makes phrases and marks their first words with `class`.
    pub(super) fn phrases<T: Copy>(&mut self, phrases: Vec<(String, T)>, class: u64) -> Phrases<T> {
        let mut by_first: FxHashMap<WordId, Vec<(Vec<WordId>, T)>> = FxHashMap::default();
        for (phrase, value) in phrases {
            let mut words = phrase.split_whitespace();
            if let Some(first) = words.next() {
                let first = self.mark(first, class).word;
                let rest = words.map(|word| match word {
                    "*" => WordId::GAP,
                    "**" => WordId::WIDE_GAP,
                    word => self.mark(word, 0).word,
                });
                by_first.entry(first).or_default().push((rest.collect(), value));
            }
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        Phrases { by_first }
    }

    pub(super) fn add_function_words(&mut self, file: &FunctionFile) {
        let classes: [(&[String], u64); 19] = [
            (&file.be, class::BE),
            (&file.have, class::HAVE),
            (&file.modal, class::MODAL),
            (&file.negative, class::NEGATIVE),
            (&file.preposition, class::PREPOSITION),
            (&file.conjunction, class::CONJUNCTION),
            (&file.subordinator, class::SUBORDINATOR),
            (&file.relative, class::RELATIVE),
            (&file.indefinite, class::INDEFINITE),
            (&file.definite, class::DEFINITE),
            (&file.possessive, class::POSSESSIVE),
            (&file.pronoun_one, class::PRONOUN_ONE),
            (&file.pronoun_many, class::PRONOUN_MANY),
            (&file.reflexive, class::REFLEXIVE),
            (&file.adverb, class::ADVERB),
            (&file.verb, class::VERB),
            (&file.report, class::REPORT),
            (&file.reduced, class::REDUCED),
            (&file.status.protest, class::PROTEST),
        ];
        for (words, class) in classes {
            self.mark_all(words, class);
        }
    }

    pub(super) fn add_people(&mut self, file: &VictimsFile) {
        for (&category, people) in &file.people {
            for (words, class) in [(&people.one, class::PERSON_ONE), (&people.many, class::PERSON_MANY)] {
                for word in words {
                    self.mark(word, class).category.get_or_insert(category);
                }
            }
        }
        for (word, &value) in &file.groups {
            self.mark(word, class::GROUP).value = value;
        }
        for (&category, words) in &file.hints {
            for word in words {
                self.mark(word, 0).hint = Some(category);
            }
        }
        for (&side, words) in &file.sides {
            for word in words {
                self.mark(word, 0).side = Some(side);
            }
        }
        for (head, befores) in &file.compounds {
            self.mark(head, class::COMPOUND);
            for word in befores {
                self.mark(word, class::COMPOUND_BEFORE);
            }
        }
        self.mark_all(&file.generic.words, class::GENERIC);
        self.mark_all(&file.things.words, class::THING);
        self.mark_all(&file.states.words, class::STATE_WORD);
    }

    pub(super) fn add_numbers(&mut self, file: &NumbersFile) {
        for (words, class) in [(&file.cardinals, class::CARDINAL), (&file.scales, class::SCALE)] {
            for (word, &value) in words {
                self.mark(word, class).value = value;
            }
        }
        self.mark_all(&file.more.after, class::MORE_AFTER);
        self.mark_all(&file.more.ordinals, class::ORDINAL);
        self.mark_all(&file.units.words, class::UNIT);
        self.mark_all(&file.units.before, class::UNIT_BEFORE);
        self.mark_all(&file.units.months, class::MONTH);
    }
}
