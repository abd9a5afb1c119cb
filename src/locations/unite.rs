//! Entities that turn out to be one place: "Vihiga County" and "Vihiga", where both were resolved to the county.

use rustc_hash::FxHashMap;

use super::{Locations, MentionKind};
use crate::entities::{Entities, Entity};

/// Makes one entity of the places that were resolved to one record of the gazetteer. It has the name that the article
/// uses most. An entity of whose mentions some are of another place stays as it is.
pub fn unite(entities: &mut Entities, locations: &mut Locations) {
    let mut of_mention = FxHashMap::default();
    for (index, entity) in entities.entities.iter().enumerate().filter(|(_, entity)| entity.kind.is_place()) {
        of_mention.extend(entity.mentions.iter().map(|&mention| (mention, index)));
    }
    let mut host: Vec<usize> = (0..entities.entities.len()).collect();
    for location in locations.locations.iter().filter(|location| location.geonames_id.is_some()) {
        let mut named: Vec<(usize, usize)> = Vec::new();
        for (mention, _) in location.mentions.iter().filter(|(_, kind)| *kind == MentionKind::Name) {
            let Some(&entity) = of_mention.get(mention) else { continue };
            match named.iter_mut().find(|(known, _)| *known == entity) {
                Some((_, count)) => *count += 1,
                None => named.push((entity, 1)),
            }
        }
        named.retain(|&(entity, count)| entities.entities[entity].mentions.len() == count);
        let Some(&(most, _)) = named.iter().max_by_key(|&&(entity, count)| (count, std::cmp::Reverse(entity))) else {
            continue;
        };
        for (entity, _) in named {
            host[entity] = most;
        }
    }
    if host.iter().enumerate().all(|(index, &host)| index == host) {
        return;
    }
    let absorbed: Vec<Option<Entity>> = std::mem::take(&mut entities.entities).into_iter().map(Some).collect();
    merge(entities, locations, absorbed, &host);
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
