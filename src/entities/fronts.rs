//! Names that a longer one begins with: "Rivers Committee" of "Rivers Committee of the House", "Sarima" of "Sarima Long Lions".
//!
//! Joined where one thing alone of the article has such a longer name and was called by it before.

use rustc_hash::FxHashMap;

use super::forms::Forms;
use super::lexicon::{Class, Lexicon};
use super::mentions::Mentions;
use super::shorter::{Fitting, is_distinctive};
use crate::text::EntityType;

/// A name is cut at so many spaces.
const MAX_CUTS: usize = 8;

impl<'a> Forms<'a> {
    /// Joins organisations, works, events and laws to the longer names that begin with theirs.
    pub(super) fn join_fronts(&mut self, mentions: &Mentions<'a>, lexicon: &Lexicon) {
        let first = self.first_in_body(mentions);
        let mut longer: FxHashMap<usize, Fitting> = FxHashMap::default();
        for long in 0..self.forms.len() {
            let name = self.forms[long].name;
            for (at, _) in name.match_indices(' ').take(MAX_CUTS) {
                let Some(&short) = self.by_name.get(&name[..at]) else { continue };
                let is_known = first[long] < first[short] || first[short] == usize::MAX;
                if self.forms[short].root == short && self.root(long) != short && is_known {
                    let fits = self.may_be_front(short, long, &name[at + 1..], lexicon);
                    let fitting = longer.entry(short).or_default();
                    // What only looks like a longer name of the short one stands in the way of others as well.
                    fitting.add(if fits { self.root(long) } else { usize::MAX });
                }
            }
        }
        let mut joined: Vec<(usize, Fitting)> = longer.into_iter().collect();
        joined.sort_unstable_by_key(|&(short, _)| short);
        for (short, fitting) in joined {
            if let Fitting::One(long) = fitting
                && long != usize::MAX
                && self.root(long) != short
            {
                self.join(short, long);
            }
        }
    }

    /// Whether `short` may be what is left of `long` without its end `rest`.
    fn may_be_front(&self, short: usize, long: usize, rest: &str, lexicon: &Lexicon) -> bool {
        use EntityType::{Event, Fac, Law, Org, WorkOfArt};
        let form = &self.forms[short];
        let (kind, long_kind) = (self.kind(short), self.kind(long));
        if !matches!(long_kind, Some(Org | Fac | Event | Law | WorkOfArt)) {
            return false;
        }
        // "Rivers Committee of the House"
        let is_complement = rest.split(' ').next().is_some_and(|word| ["of", "for", "on"].contains(&word));
        if is_complement {
            // "Sarima Electronics for Latin America" is a part of it.
            let place = rest.strip_prefix("for ").unwrap_or_default();
            let is_branch = lexicon.place(place).is_some() || lexicon.group(place).is_some();
            return !form.single && kind == long_kind && !is_branch;
        }
        // "Orla" of "Orla Police Department" is the town, though "Orla Police" is the body; and a division is a part.
        let is_any = |word: Option<&str>, class| word.is_some_and(|word| lexicon.class(word).any(class));
        let is_body = is_any(form.name.split(' ').next_back(), Class::PUBLIC.or(Class::HEAD));
        let opens_public = is_any(rest.split(' ').next(), Class::PUBLIC) && !is_body;
        if opens_public || is_any(rest.split(' ').next_back(), Class::PART) {
            return false;
        }
        let is_own = match form.single {
            true => !lexicon.class(form.name).any(Class::HEAD.or(Class::TELLING).or(Class::GIVEN_NAME)),
            // "State Security" is no short name of the "State Security Crimes Court".
            false => long_kind == Some(Fac) || is_distinctive(form.name, lexicon, &mut String::new()),
        };
        let is_named = rest.split(' ').all(|word| word.starts_with(char::is_uppercase));
        matches!(long_kind, Some(Org | Fac))
            && matches!(kind, Some(Org | Fac))
            && !lexicon.knows(form.name)
            && is_own
            && is_named
    }
}
