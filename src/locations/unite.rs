//! Entities that turn out to be one place: "Vihiga County" and "Vihiga", where both were taken for the county.

use rustc_hash::FxHashMap;

use super::{Location, LocationFinder, Locations, MentionKind};
use crate::entities::{Entities, Entity};
use crate::text::{Document, EntityType, Mention};

impl LocationFinder {
    /// Makes one entity of the entities that are one location. It has the name that the article
    /// uses most, an abbreviation aside. An entity of whose
    /// mentions some are of another place stays as it is.
    pub fn unite(&self, document: &Document<'_>, entities: &mut Entities, locations: &mut Locations) {
        unite(entities, locations, &|whole, place, location| self.adds_kind(document, whole, place, location));
    }

    /// Whether `whole` says no more than `place`, with which it begins, and what kind of place that is: "Oti Region", "Van
    /// province of Turkey".
    fn adds_kind(&self, document: &Document<'_>, whole: Mention, place: Mention, location: &Location) -> bool {
        let text = document.field(whole.field).text;
        let Some(rest) = text.get(place.span.end as usize..whole.span.end as usize) else { return false };
        // "San Diego State" is a university.
        let is_state = location.feature_code.as_deref() == Some("ADM1");
        let may_be = |word: &str| word != "State" || is_state;
        let is_kind = |word: Option<&str>| word.is_some_and(|w| may_be(w) && self.words.generic(w).is_some());
        is_kind(rest.split_whitespace().next()) || is_kind(rest.split_whitespace().next_back())
    }
}

fn unite(entities: &mut Entities, locations: &mut Locations, adds_kind: &dyn Fn(Mention, Mention, &Location) -> bool) {
    let mut by_start = FxHashMap::default();
    for (index, entity) in entities.entities.iter().enumerate().filter(|(_, entity)| entity.kind.is_place()) {
        by_start.extend(entity.mentions.iter().map(|&mention| ((mention.field, mention.span.start), (mention, index))));
    }
    let mut host: Vec<usize> = (0..entities.entities.len()).collect();
    for location in &locations.locations {
        // "Panamá Province" is not Panama.
        let is_country = location.feature_code.as_deref().is_some_and(|code| code.starts_with("PCL"));
        let mut named: Vec<(usize, usize)> = Vec::new();
        for (mention, _) in location.mentions.iter().filter(|(_, kind)| *kind == MentionKind::Name) {
            let Some(&(whole, entity)) = by_start.get(&(mention.field, mention.span.start)) else { continue };
            let may_add = !is_country && entities.entities[entity].kind != EntityType::Fac;
            let is_it = whole == *mention || may_add && adds_kind(whole, *mention, location);
            if is_it {
                match named.iter_mut().find(|(known, _)| *known == entity) {
                    Some((_, count)) => *count += 1,
                    None => named.push((entity, 1)),
                }
            }
        }
        named.retain(|&(entity, count)| entities.entities[entity].mentions.len() == count);
        let most = named.iter().max_by_key(|&&(entity, count)| {
            (is_spelt_out(&entities.entities[entity].name), count, std::cmp::Reverse(entity))
        });
        let Some(&(most, _)) = most else { continue };
        for (entity, _) in named {
            host[entity] = most;
        }
    }
    if host.iter().enumerate().any(|(index, &host)| index != host) {
        let found = std::mem::take(&mut entities.entities).into_iter().map(Some).collect();
        merge(entities, locations, found, &host);
    }
}

/// Whether `name` is no abbreviation: "Florida", but not "Fla." or "LA".
fn is_spelt_out(name: &str) -> bool {
    !name.ends_with('.') && name.contains(char::is_lowercase)
}

/// Puts each of `found` into its host, and the hosts back in order of first mention.
fn merge(entities: &mut Entities, locations: &mut Locations, mut found: Vec<Option<Entity>>, host: &[usize]) {
    for index in (0..found.len()).filter(|&index| host[index] != index) {
        // A host is its own, so it was not taken.
        if let (Some(part), Some(whole)) = (found[index].take(), found[host[index]].as_mut()) {
            whole.absorb(part);
        }
    }
    let mut kept: Vec<(usize, Entity)> =
        found.into_iter().enumerate().filter_map(|(index, entity)| Some((index, entity?))).collect();
    kept.sort_by_key(|(_, entity)| entity.mentions.first().copied());
    let mut rank = vec![0; host.len()];
    for (at, &(index, _)) in kept.iter().enumerate() {
        rank[index] = at;
    }
    for location in &mut locations.locations {
        location.entity = location.entity.map(|entity| rank[host[entity]]);
    }
    entities.entities = kept.into_iter().map(|(_, entity)| entity).collect();
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;
    use crate::text::{Field, Span};

    fn at(start: u32) -> Mention {
        Mention { field: Field::Body, span: Span { start, end: start + 1 } }
    }

    fn entity(name: &str, kind: EntityType, mentions: &[u32]) -> Entity {
        Entity {
            name: name.to_owned(),
            kind,
            title: None,
            aliases: Vec::new(),
            salience: 0.25,
            mentions: mentions.iter().map(|&start| at(start)).collect(),
        }
    }

    fn location(geonames_id: Option<u32>, entity: usize, mentions: &[u32]) -> Location {
        Location {
            name: String::new(),
            geonames_id,
            coordinates: None,
            country_code: None,
            admin1: None,
            feature_code: None,
            population: None,
            role: Role::Mentioned,
            confidence: 1.0,
            mentions: mentions.iter().map(|&start| (at(start), MentionKind::Name)).collect(),
            entity: Some(entity),
            salience: 0.0,
        }
    }

    #[test]
    fn entities_of_one_record_are_one() {
        use EntityType::{Gpe, Person};
        let mut entities = Entities {
            entities: vec![
                entity("Vihiga", Gpe, &[0]),
                entity("Ana Vela", Person, &[10]),
                entity("Vihiga County", Gpe, &[20, 30]),
                entity("Tembe", Gpe, &[40, 50]),
            ],
            untyped: Vec::new(),
        };
        let mut locations = Locations {
            // One mention of Tembe is taken for the county, the other for a place of its own.
            locations: vec![location(Some(1), 0, &[0, 20, 30, 40]), location(None, 3, &[50])],
            primary: Some(0),
        };
        unite(&mut entities, &mut locations, &|_, _, _| false);
        let names: Vec<&str> = entities.entities.iter().map(|entity| entity.name.as_str()).collect();
        assert_eq!(names, ["Vihiga County", "Ana Vela", "Tembe"]);
        let county = &entities.entities[0];
        assert_eq!((county.mentions.len(), county.aliases.as_slice()), (3, ["Vihiga".to_owned()].as_slice()));
        assert!((county.salience - 0.5).abs() < 1e-6);
        assert_eq!(locations.locations.iter().map(|l| l.entity).collect::<Vec<_>>(), [Some(0), Some(2)]);
    }
}
