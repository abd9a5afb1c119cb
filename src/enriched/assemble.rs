//! From what the stages found to what is published: ids, texts, offsets.

use std::borrow::Cow;

use super::{
    Attribution, Casualty, Count, EnrichedArticle, Enrichment, Entity, EntityType, Location, LocationMention, Mention,
    SCHEMA_VERSION, Total, Victims,
};
use crate::article::Article;
use crate::casualties::{self, Casualties};
use crate::entities::{self, Entities};
use crate::locations::{self, Locations};
use crate::text::offsets::Offsets;
use crate::text::{self, Document, Span};

/// What the stages found in one article.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Who.
    pub entities: Entities,
    /// Where.
    pub locations: Locations,
    /// How many.
    pub casualties: Casualties,
}

/// Puts the article together with what was found in it.
///
/// `document` is made from `article`'s title and text, `findings` from `document`. A place that the entity
/// stage has no entity for is given one, so that every location is an entity too.
#[must_use]
pub fn assemble<'a>(
    article: &'a Article,
    language: Option<&'a str>,
    document: &Document<'a>,
    findings: &'a Findings,
    enrichment: Enrichment<'a>,
) -> EnrichedArticle<'a> {
    let publisher =
        Publisher { title: Offsets::new(document.title.text), body: Offsets::new(document.body.text), document };
    EnrichedArticle {
        schema_version: SCHEMA_VERSION,
        id: &article.id,
        url: article.url.as_deref(),
        source: article.source.as_deref(),
        title: article.title.as_deref(),
        published_at: article.published_at.map(|at| at.to_string()),
        language,
        text: &article.text,
        entities: publisher.entities(findings),
        locations: findings.locations.locations.iter().enumerate().map(|(i, l)| publisher.location(i, l)).collect(),
        primary_location: findings.locations.primary.map(location_id),
        casualties: findings.casualties.figures.iter().map(|f| publisher.casualty(f)).collect(),
        casualty_totals: findings
            .casualties
            .totals
            .iter()
            .map(|(&kind, t)| (kind.into(), Total { best: t.best, low: t.low, high: t.high }))
            .collect(),
        extra: Cow::Borrowed(&article.extra),
        enrichment,
    }
}

fn entity_id(index: usize) -> String {
    format!("e{}", index + 1)
}

fn location_id(index: usize) -> String {
    format!("l{}", index + 1)
}

struct Publisher<'a, 'd> {
    title: Offsets<'a>,
    body: Offsets<'a>,
    document: &'d Document<'a>,
}

impl<'a> Publisher<'a, '_> {
    fn mention(&self, mention: text::Mention) -> Mention<'a> {
        let offsets = match mention.field {
            text::Field::Title => &self.title,
            text::Field::Body => &self.body,
        };
        Mention {
            field: mention.field.into(),
            start: offsets.scalars(mention.span.start),
            end: offsets.scalars(mention.span.end),
            text: self.document.text_of(mention),
        }
    }

    /// The entities found, then one for each place that none of them is. Ids of the former never change, so
    /// that attributions hold.
    fn entities(&self, findings: &'a Findings) -> Vec<Entity<'a>> {
        let found = &findings.entities.entities;
        let mut published: Vec<Entity<'a>> =
            found.iter().enumerate().map(|(index, entity)| self.entity(index, entity)).collect();
        for (index, location) in findings.locations.locations.iter().enumerate() {
            match location.entity {
                Some(entity) => published[entity].location = Some(location_id(index)),
                None => published.extend(self.place_entity(published.len(), index, location)),
            }
        }
        published
    }

    fn entity(&self, index: usize, entity: &'a entities::Entity) -> Entity<'a> {
        Entity {
            id: entity_id(index),
            name: Cow::Borrowed(&entity.name),
            kind: entity.kind.into(),
            title: entity.title.as_deref(),
            aliases: entity.aliases.iter().map(|a| Cow::Borrowed(a.as_str())).collect(),
            salience: entity.salience,
            location: None,
            mentions: entity.mentions.iter().map(|&m| self.mention(m)).collect(),
        }
    }

    /// An entity for a place that the gazetteer knows and the entity stage does not: `None` where the place
    /// is only named by its people, who are no place.
    fn place_entity(
        &self,
        index: usize,
        location_index: usize,
        location: &'a locations::Location,
    ) -> Option<Entity<'a>> {
        let mentions: Vec<Mention<'a>> = location
            .mentions
            .iter()
            .filter(|(_, kind)| *kind == locations::MentionKind::Name)
            .map(|&(mention, _)| self.mention(mention))
            .collect();
        let first = mentions.first()?.text;
        let mut aliases: Vec<Cow<'a, str>> = Vec::new();
        for mention in &mentions {
            if mention.text != first && !aliases.iter().any(|a| a == mention.text) {
                aliases.push(Cow::Borrowed(mention.text));
            }
        }
        let natural =
            location.feature_code.as_deref().is_some_and(|code| !code.starts_with('P') && !code.starts_with('A'));
        Some(Entity {
            id: entity_id(index),
            name: Cow::Borrowed(first),
            kind: if natural { EntityType::Loc } else { EntityType::Gpe },
            title: None,
            aliases,
            salience: 0.0,
            location: Some(location_id(location_index)),
            mentions,
        })
    }

    fn location(&self, index: usize, location: &'a locations::Location) -> Location<'a> {
        Location {
            id: location_id(index),
            name: &location.name,
            geonames_id: location.geonames_id,
            latitude: location.coordinates.map(|c| c.latitude),
            longitude: location.coordinates.map(|c| c.longitude),
            country_code: location.country_code.as_deref(),
            admin1: location.admin1.as_deref(),
            feature_code: location.feature_code.as_deref(),
            population: location.population,
            role: location.role.into(),
            confidence: location.confidence,
            mentions: location
                .mentions
                .iter()
                .map(|&(mention, kind)| LocationMention { mention: self.mention(mention), kind: kind.into() })
                .collect(),
        }
    }

    fn casualty(&self, figure: &'a casualties::Figure) -> Casualty<'a> {
        let text = self.document.field(figure.mention.field).text;
        let words = |span: Span| span.of(text);
        Casualty {
            kind: figure.kind.into(),
            count: figure.count.as_ref().map(|count| Count {
                low: count.low,
                high: count.high,
                qualifier: count.qualifier.into(),
                text: words(count.span),
            }),
            victims: Victims {
                text: figure.victims.span.map(words),
                category: figure.victims.category.into(),
                nationality: figure.victims.nationality.iter().map(String::as_str).collect(),
            },
            part_of: figure.part_of,
            status: figure.status.into(),
            attribution: figure
                .attribution
                .as_ref()
                .map(|a| Attribution { text: words(a.span), entity: a.entity.map(entity_id) }),
            cause: figure.cause.map(words),
            location: figure.location.map(location_id),
            mention: self.mention(figure.mention),
            sentence: figure.sentence,
        }
    }
}
