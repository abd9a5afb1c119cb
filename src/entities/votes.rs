//! The votes on a name's type: what its mentions were labelled, and which type that makes it for the whole article.

use crate::text::EntityType;

const KINDS: usize = EntityType::NAMES.len();

/// What the mentions of a name were given, by type.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Votes {
    weights: [f32; KINDS],
    /// The type given first: it wins a tie.
    first: Option<EntityType>,
}

/// Types that models and annotators take for one another. A name is of the family that has most, then of the type
/// that has most in it: "ORG, GPE, FAC" of a motorway is a place, though no type has a majority.
fn family(kind: EntityType) -> EntityType {
    match kind {
        EntityType::Loc | EntityType::Fac => EntityType::Gpe,
        kind => kind,
    }
}

impl Votes {
    /// One mention was given `kind`; or so says a lexicon.
    pub(super) fn add(&mut self, kind: EntityType, weight: f32) {
        self.weights[kind as usize] += weight;
        self.first.get_or_insert(kind);
    }

    /// Counts the votes on another form of the name.
    pub(super) fn merge(&mut self, other: &Votes) {
        for (weight, more) in self.weights.iter_mut().zip(&other.weights) {
            *weight += more;
        }
        self.first = self.first.or(other.first);
    }

    /// The votes for `kind`.
    pub(super) fn on(&self, kind: EntityType) -> f32 {
        self.weights[kind as usize]
    }

    /// The votes for all types of places.
    pub(super) fn on_places(&self) -> f32 {
        [EntityType::Gpe, EntityType::Loc, EntityType::Fac].into_iter().map(|kind| self.on(kind)).sum()
    }

    /// All votes.
    pub(super) fn total(&self) -> f32 {
        self.weights.iter().sum()
    }

    /// The type of the name; `None` where nothing was said of it.
    pub(super) fn best(&self) -> Option<EntityType> {
        let first = self.first?;
        let mut families = [0.0; KINDS];
        for &(_, kind) in &EntityType::NAMES {
            families[family(kind) as usize] += self.on(kind);
        }
        let leader = largest(family(first), |kind| families[kind as usize]);
        let first = if family(first) == leader { first } else { leader };
        Some(largest(first, |kind| if family(kind) == leader { self.on(kind) } else { -1.0 }))
    }
}

/// The type with the largest `weight`, `first` where it is one of several.
fn largest(first: EntityType, weight: impl Fn(EntityType) -> f32) -> EntityType {
    EntityType::NAMES.iter().fold(first, |best, &(_, kind)| if weight(kind) > weight(best) { kind } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(votes: &[EntityType]) -> Option<EntityType> {
        let mut all = Votes::default();
        votes.iter().for_each(|&kind| all.add(kind, 1.0));
        all.best()
    }

    #[test]
    fn most_votes_win_and_the_first_of_equals() {
        use EntityType::{Fac, Gpe, Org, Person};
        assert_eq!(best(&[]), None);
        assert_eq!(best(&[Org, Person, Person]), Some(Person));
        assert_eq!(best(&[Org, Person]), Some(Org));
        assert_eq!(best(&[Person, Org]), Some(Person));
        assert_eq!(best(&[Org, Gpe, Fac]), Some(Gpe));
        assert_eq!(best(&[Org, Org, Fac, Gpe, Fac]), Some(Fac));
    }
}
