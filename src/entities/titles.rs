//! The title of a person, by the words before and after the name.
//!
//! "US Secretary of State Marco Rubio", "Kremlin spokesman Dmitry Peskov", "Kirill Dmitriev, head of Russia's
//! sovereign wealth fund,". Which words make titles is in `titles.toml`.

use std::ops::Range;

use super::lexicon::{Class, Lexicon};
use super::mentions::Marks;
use super::names::is_possessive;
use crate::text::{EntityType, Span, TextField, TokenKind};

/// How many tokens a title before a name may take.
const MAX_BEFORE: usize = 10;
/// How many tokens an apposition may take.
const MAX_APPOSITION: usize = 18;
/// How many tokens a role with its complement may take that is set off before a name.
const MAX_COMPLEMENT: usize = 16;
/// How many words may stand before its role.
const MAX_BEFORE_ROLE: usize = 9;

/// Words that stand right before a name, whatever stands before them.
const ADDRESS: Class = Class::HONORIFIC.or(Class::PREFIX);

/// A field, what was labelled in it, and the words that tell.
#[derive(Clone, Copy)]
pub(super) struct Titles<'a, 'd> {
    pub(super) field: &'d TextField<'a>,
    pub(super) marks: &'d Marks,
    pub(super) lexicon: &'d Lexicon,
}

/// What stands right before a name.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// The first token of the title, or of the "Mr"; equal to the name's where there is none.
    pub(super) start: usize,
    /// One past the last token of the title that is published; `start` where only a "Mr" stands there.
    pub(super) end: usize,
    /// Whether it says that a person follows, whatever the name looks like.
    pub(super) is_sure: bool,
}

impl Before {
    /// The tokens of the title that is published, if any.
    pub(super) fn title(&self) -> Option<Range<usize>> {
        (self.start < self.end).then_some(self.start..self.end)
    }
}

/// What stands before a role with a hyphen.
const STEPS: [&str; 8] = ["then-", "Then-", "ex-", "Ex-", "co-", "Co-", "former-", "vice-"];

/// What joins the parts of a title.
fn is_joint(word: &str) -> bool {
    matches!(word, "of" | "for" | "and" | "the" | "&" | "'s" | "’s" | "'" | "’")
}

impl<'a> Titles<'a, '_> {
    fn word(&self, at: usize) -> &'a str {
        self.field.tokens.get(at).map_or("", |token| token.span.of(self.field.text))
    }

    fn class(&self, at: usize) -> Class {
        self.lexicon.class(self.word(at))
    }

    /// What the token at `at` says of a person: its class, a capital at the head of a sentence aside ("Activist Ana Vela").
    fn role(&self, at: usize, buffer: &mut String) -> Class {
        let whole = self.word(at);
        // "Then-secretary", "ex-minister", "co-author"
        let word = STEPS.iter().find_map(|step| whole.strip_prefix(step)).unwrap_or(whole);
        let class = self.lexicon.class(word);
        if word.starts_with(char::is_uppercase) {
            return class.or(self.lexicon.lower_class(word, buffer).only(Class::SURE_ROLE));
        }
        match ["ologist", "ician", "icist", "ographer", "onomer"].iter().any(|ending| word.ends_with(ending)) {
            true => class.or(Class::SURE_ROLE),
            false => class,
        }
    }

    fn is_head(&self, at: usize, buffer: &mut String) -> bool {
        self.role(at, buffer).any(Class::TITLE.or(Class::HONORIFIC).or(Class::SURE_ROLE).or(Class::LOOSE_ROLE))
    }

    /// Whether the token at `at` may belong to a title.
    fn belongs(&self, at: usize, buffer: &mut String) -> bool {
        let word = self.word(at);
        match self.marks.kind(at) {
            Some(EntityType::Person) => return false,
            Some(kind) if kind.is_name() => return true,
            Some(EntityType::Ordinal) | None => {}
            Some(_) => return false,
        }
        // "Ambassador to the United Nations", "designer, lawyer, and author"
        let is_to = word == "to" && (self.word(at + 1) == "the" || self.marks.kind(at + 1).is_some());
        let role = self.role(at, buffer);
        role.any(Class::PART_OF_TITLE)
            || is_joint(word)
            || is_to
            || self.joins_roles(at, buffer)
            || self.field.tokens[at].kind == TokenKind::Word
                && word.starts_with(char::is_uppercase)
                && !self.class(at).any(Class::CALENDAR)
                && !self.lexicon.lower_class(word, buffer).any(Class::FUNCTION.or(Class::SPEECH))
    }

    /// Whether the token at `at` is a comma between roles, the last of which "and" goes before: "designer, lawyer, and author".
    fn joins_roles(&self, at: usize, buffer: &mut String) -> bool {
        let sure = Class::SURE_ROLE.or(Class::LOOSE_ROLE);
        self.word(at) == ","
            && at > 0
            && self.role(at - 1, buffer).any(sure)
            && (self.word(at + 1) == "and"
                || self.role(at + 1, buffer).any(sure) && matches!(self.word(at + 2), "," | "and"))
    }

    /// The title before the name at the tokens `name`, in the sentence that begins at `sentence_start`: "Foreign Minister
    /// X", or "the foreign minister, X,".
    pub(super) fn before(&self, name: Range<usize>, sentence_start: usize) -> Before {
        let adjacent = self.ending_at(name.start, sentence_start);
        let comma = adjacent.start.wrapping_sub(1);
        // "The chief executive, Dr X," has his office before the comma.
        let address_only = (adjacent.start..name.start).all(|at| self.class(at).any(ADDRESS));
        let set_off_here = self.ends(name.end) || self.class(name.end).any(Class::SPEECH);
        if !address_only || comma <= sentence_start || comma >= name.start || self.word(comma) != "," || !set_off_here {
            return adjacent;
        }
        let set_off = self.ending_at(comma, sentence_start);
        let told = match set_off.start.checked_sub(1).filter(|_| set_off.start > sentence_start) {
            Some(before) => {
                // "Another brother and former minister, X,"
                self.is_determiner(before) || self.word(before) == "and" || is_possessive(self.word(set_off.start + 1))
            }
            None => self.marks.kind(set_off.start).is_some_and(EntityType::is_name),
        };
        if set_off.title().is_some() && told {
            return Before { is_sure: false, ..set_off };
        }
        self.head_of(comma, sentence_start).map_or(adjacent, |start| Before { start, end: comma, is_sure: false })
    }

    fn is_determiner(&self, at: usize) -> bool {
        const DETERMINERS: [&str; 14] =
            ["the", "The", "a", "A", "an", "An", "its", "Its", "their", "Their", "his", "His", "her", "Her"];
        DETERMINERS.contains(&self.word(at)) || is_possessive(self.word(at))
    }

    /// Where a role with a complement in plain words begins that ends at the comma at `end`: "The head of the coast guard, X,".
    fn head_of(&self, end: usize, sentence_start: usize) -> Option<usize> {
        let mut buffer = String::new();
        let mut at = end;
        while at > sentence_start && end - at < MAX_COMPLEMENT {
            at -= 1;
            let word = self.word(at);
            let follows = matches!(self.word(at + 1), "of" | "for" | "at" | "in" | "to");
            let role = Class::SURE_ROLE.or(Class::LOOSE_ROLE).or(Class::TITLE);
            if follows && self.role(at, &mut buffer).any(role) {
                let mut start = at;
                while start > sentence_start && self.role(start - 1, &mut buffer).any(Class::PART_OF_TITLE)
                    || start == sentence_start + 1
                        && self.lexicon.lower_class(self.word(start - 1), &mut buffer).any(Class::LOWER_MODIFIER)
                {
                    start -= 1;
                }
                // "Businessman and founder of Acme, X,"
                let is_role = |at: usize, buffer: &mut String| self.role(at, buffer).any(role);
                if start > sentence_start + 1 && self.word(start - 1) == "and" && is_role(start - 2, &mut buffer) {
                    start -= 2;
                    while start > sentence_start && self.role(start - 1, &mut buffer).any(Class::PART_OF_TITLE) {
                        start -= 1;
                    }
                }
                // "Former manager of the lake, X," opens a sentence.
                let is_told = match start > sentence_start {
                    true => self.is_determiner(start - 1) || matches!(self.word(start - 1), "–" | "—" | "-" | "\n"),
                    false => start < at,
                };
                return is_told.then_some(start);
            }
            let is_plain = is_joint(word)
                || matches!(word, "in" | "at" | "to") && self.marks.kind(at + 1).is_some_and(EntityType::is_name)
                || self.field.tokens[at].kind == TokenKind::Word
                    && self.marks.kind(at) != Some(EntityType::Person)
                    && !self.lexicon.lower_class(word, &mut buffer).any(Class::FUNCTION.or(Class::SPEECH));
            if !is_plain {
                return None;
            }
        }
        None
    }

    /// The title that ends before the token `name`.
    fn ending_at(&self, name: usize, sentence_start: usize) -> Before {
        let none = Before { start: name, end: name, is_sure: false };
        let mut buffer = String::new();
        let mut from = name;
        while from > sentence_start && name - from < MAX_BEFORE {
            let mut at = from - 1;
            // "Farmers Circle (NFC) head X".
            if self.word(at) == ")" && from < name && at >= sentence_start + 3 && self.word(at - 2) == "(" {
                at -= 3;
                if self.marks.kind(at) != Some(EntityType::Org) {
                    break;
                }
                from = at;
                continue;
            }
            // A possessive stands close to its word, and a label may hold anything; all else is set apart by plain space.
            let joined = self.field.tokens[at].space_after
                || self.word(from).starts_with(['\'', '’', ','])
                || self.marks.kind(at).is_some() && self.marks.kind(at) == self.marks.kind(from);
            if !joined || self.breaks_line(at) || !self.belongs(at, &mut buffer) {
                break;
            }
            from = at;
        }
        // The last head, with nothing after it but what "of" or "for" adds to it.
        let Some(head) = (from..name).rev().find(|&at| self.is_head(at, &mut buffer)) else { return none };
        let is_whole = matches!(self.word(head + 1), "of" | "for" | "to") && !is_joint(self.word(name - 1));
        if head + 1 < name && !is_whole {
            return none;
        }
        // "Set to star Ana Vela" tells what she does.
        let may_be_verb = self.class(head).any(Class::LOOSE_ROLE) && self.word(head).starts_with(char::is_lowercase);
        if may_be_verb
            && head > sentence_start + 1
            && self.word(head - 1) == "to"
            && !self.word(head - 2).ends_with("ccording")
        {
            return none;
        }
        // "Minister Dr", "Curepipe Mr": what stands before a form of address belongs to it only where it is a title too.
        let mut core = head;
        while core > from && self.class(core).any(ADDRESS) && self.is_head(core - 1, &mut buffer) {
            core -= 1;
        }
        let mut start = core;
        while start > from && !self.class(core).any(ADDRESS) {
            let at = start - 1;
            let word = self.word(at);
            let labelled = self.marks.kind(at).is_some();
            // "lawyer for President X" is no title of X.
            let opens = match word {
                "and" | "&" => {
                    let last = at - usize::from(self.word(at - 1) == ",");
                    labelled || last > from && self.is_part(last - 1) && self.is_part(start)
                }
                "of" | "for" | "to" | "the" => labelled,
                _ => true,
            };
            if !opens {
                break;
            }
            start = at;
        }
        while start < core && is_joint(self.word(start)) {
            start += 1;
        }
        let mut end = if head + 1 < name { name } else { head + 1 };
        while end > start && self.class(end - 1).any(Class::HONORIFIC) {
            end -= 1;
        }
        let lower = self.word(head).starts_with(char::is_lowercase);
        let is_sure = self.class(head).any(Class::TITLE.or(Class::HONORIFIC)) && !lower && head + 1 == name;
        Before { start, end, is_sure }
    }

    /// The title in the plural before a list of people that holds the name at the tokens `name`: "Liberal MPs A, B and C".
    pub(super) fn of_list(&self, name: Range<usize>, sentence_start: usize) -> Option<Range<usize>> {
        let mut buffer = String::new();
        let is_person = |at: usize| self.marks.kind(at) == Some(EntityType::Person);
        let opens = |at: usize| at > sentence_start && name.start - at < MAX_LIST;
        let mut first = name.start;
        while opens(first) {
            let mut at = first - 1;
            if !is_joint_of_list(self.word(at)) {
                break;
            }
            while opens(at) && is_joint_of_list(self.word(at)) {
                at -= 1;
            }
            // "Ana Vela (rapporteur), Bo Sarin"
            if self.word(at) == ")" {
                let bracket = (at.saturating_sub(MAX_BEFORE)..at).rev().find(|&open| self.word(open) == "(")?;
                at = bracket.checked_sub(1)?;
            }
            if at < sentence_start || !is_person(at) {
                return None;
            }
            first = at;
            while first > sentence_start && is_person(first - 1) {
                first -= 1;
            }
        }
        let head =
            first.checked_sub(1).filter(|&at| at >= sentence_start && is_plural_role(self.lexicon, self.word(at)))?;
        if self.breaks_line(head) {
            return None;
        }
        let mut start = head;
        while start > sentence_start
            && head - start < MAX_BEFORE
            && !is_joint(self.word(start - 1))
            && self.word(start - 1) != ","
            && self.belongs(start - 1, &mut buffer)
        {
            start -= 1;
        }
        // "The Tembe and Sarima presidents X and Y"
        let is_shared = start > sentence_start && matches!(self.word(start - 1), "and" | ",");
        Some(if is_shared { head } else { start }..head + 1)
    }

    fn is_part(&self, at: usize) -> bool {
        self.class(at).any(Class::PART_OF_TITLE)
    }

    fn breaks_line(&self, at: usize) -> bool {
        let (token, next) = (self.field.tokens[at], self.field.tokens[at + 1]);
        self.field.text[token.span.end as usize..next.span.start as usize].contains('\n')
    }

    /// The role that an apposition tells after the name that ends before token `end`.
    pub(super) fn after(&self, end: usize) -> Option<Span> {
        let mut buffer = String::new();
        let is_number = |at: usize| self.field.tokens.get(at).is_some_and(|t| t.kind == TokenKind::Number);
        let mut end = end;
        // An age may stand between: "Bayo Ogun (53), a farmer,", "Bayo Ogun, 53, a farmer,".
        if self.word(end) == "(" && is_number(end + 1) && self.word(end + 2) == ")" {
            end += 3;
        }
        if self.word(end) != "," {
            return None;
        }
        let mut start = end + 1;
        let aged = start + usize::from(matches!(self.word(start), "aged" | "age"));
        if is_number(aged) && self.word(aged + 1) == "," {
            start = aged + 2;
        }
        while matches!(
            self.word(start),
            "the" | "a" | "an" | "now" | "also" | "currently" | "then" | "once" | "one" | "its"
        ) {
            start += 1;
        }
        let is_word = |at: usize| self.field.tokens.get(at).is_some_and(|t| t.kind == TokenKind::Word);
        let role = (start..start + MAX_BEFORE_ROLE)
            .take_while(|&at| {
                let kind = self.marks.kind(at);
                let word = self.word(at);
                let named = kind.is_some_and(EntityType::is_name);
                // "National Anglers League (NAL) spokesman"
                if self.is_in_brackets(at) && at > start {
                    return true;
                }
                is_word(at)
                    && (kind != Some(EntityType::Person) || is_possessive(self.word(at + 1)))
                    && !self.class(at).any(Class::SPEECH)
                    && (named || !matches!(word, "in" | "of" | "and") && !is_clause(word))
            })
            .filter(|&at| self.role(at, &mut buffer).any(Class::SURE_ROLE.or(Class::LOOSE_ROLE).or(Class::TITLE)))
            .last()?;
        let mut at = role + 1;
        if is_complement(self.word(at)) {
            let first = at;
            // Where a longer complement is cut: before the last word that goes on with a whole one.
            let mut whole = None;
            while at < start + MAX_APPOSITION && !self.ends(at) {
                let word = self.word(at);
                if at > first + 1 && opens_clause(word) {
                    return Some(self.field.span_of(start..at));
                }
                if at > first + 1 && word.ends_with("ed") && matches!(self.word(at + 1), "by" | "in" | "from" | "at") {
                    return Some(self.field.span_of(start..at));
                }
                if at > first && (is_clause(word) || word == "to") || self.class(at).any(Class::SPEECH) {
                    return None;
                }
                if at > first + 1 && is_complement(word) && !is_joint(self.word(at - 1)) {
                    whole = Some(at);
                }
                at += 1;
            }
            if !self.ends(at) {
                at = whole?;
                return Some(self.field.span_of(start..at));
            }
        }
        (at > start && self.ends(at)).then(|| self.field.span_of(start..at))
    }

    /// Whether the token at `at` is an acronym in brackets, or one of its brackets.
    fn is_in_brackets(&self, at: usize) -> bool {
        (at.saturating_sub(2)..=at).any(|open| {
            self.word(open) == "(" && self.word(open + 2) == ")" && !self.word(open + 1).contains(char::is_lowercase)
        })
    }

    fn ends(&self, at: usize) -> bool {
        let next = || self.word(at + 1);
        matches!(
            self.word(at),
            "" | "," | "." | ";" | ")" | "(" | "—" | "–" | "-" | "--" | "!" | "?" | ":" | "\"" | "”"
        ) || self.word(at) == "and"
            && (self.marks.kind(at + 1) == Some(EntityType::Person)
                || matches!(next(), "a" | "an" | "the" | "his" | "her" | "its" | "their" | "one"))
    }
}

/// How many tokens a list of people may take before the last of them.
const MAX_LIST: usize = 64;

fn is_joint_of_list(word: &str) -> bool {
    matches!(word, "," | "and" | "&")
}

/// Whether `word` is a role in the plural: "MPs", "magistrates".
fn is_plural_role(lexicon: &Lexicon, word: &str) -> bool {
    let roles = Class::TITLE.or(Class::SURE_ROLE).or(Class::LOOSE_ROLE);
    let is_role =
        |one: &str| lexicon.class(one).any(roles) || lexicon.lower_class(one, &mut String::new()).any(Class::SURE_ROLE);
    singular_role(word).is_some_and(is_role) && !lexicon.class(word).any(roles)
}

/// `word` without the ending of its plural.
fn singular_role(word: &str) -> Option<&str> {
    word.strip_suffix('s').filter(|one| one.len() >= 2)
}

/// `title` in the singular, where it is what several people are called together: "Liberal MPs".
pub(super) fn in_singular<'t>(title: &'t str, lexicon: &Lexicon) -> &'t str {
    let last = title.rsplit(' ').next().unwrap_or(title);
    let is_simple = !title.split(' ').any(|word| is_joint(word) || word == "to" || word == "in");
    if is_simple && is_plural_role(lexicon, last) { singular_role(title).unwrap_or(title) } else { title }
}

/// Words that go on from a role to what it is a role in.
fn is_complement(word: &str) -> bool {
    matches!(word, "of" | "for" | "at" | "in" | "to" | "on" | "with" | "and")
}

/// Words that say more of a person whose role is told.
fn opens_clause(word: &str) -> bool {
    matches!(word, "who" | "which" | "whose" | "that" | "led" | "where")
}

/// Words that a title before its role never holds: they begin a clause, or say of whom the person is.
fn is_clause(word: &str) -> bool {
    matches!(
        word,
        "who"
            | "which"
            | "whose"
            | "that"
            | "is"
            | "was"
            | "are"
            | "were"
            | "has"
            | "had"
            | "with"
            | "by"
            | "as"
            | "from"
            | "but"
            | "when"
            | "while"
            | "where"
            | "her"
            | "his"
            | "their"
            | "my"
            | "our"
            | "told"
            | "according"
    )
}
