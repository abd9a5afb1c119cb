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
    let publisher = Publisher {
        title: Offsets::new(document.title.text),
        body: Offsets::new(document.body.text),
        document,
        roster: Roster::new(findings),
    };
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

/// A published share between 0 and 1, to three decimals. JSON has no NaN: it is published as 0.
fn share(value: f32) -> f64 {
    let value = if value.is_nan() { 0.0 } else { f64::from(value) };
    (value.clamp(0.0, 1.0) * 1000.0).round() / 1000.0
}

/// What is published as an entity.
#[derive(Debug, Clone, Copy)]
enum Listed {
    /// An entity, by its index.
    Entity(usize),
    /// A place that the entity stage has no entity for, by its index.
    Place(usize),
}

/// Who is published as an entity, in order of first mention.
struct Roster {
    listed: Vec<Listed>,
    /// For each entity of the entity stage its index in `listed`.
    ranks: Vec<usize>,
    claims: Claims,
}

impl Roster {
    /// A place that is only named by its people, or inside other names, is no entity of its own.
    fn new(findings: &Findings) -> Roster {
        let found = &findings.entities.entities;
        let claims = Claims::of(found);
        let entities = found.iter().enumerate().map(|(i, e)| (e.mentions.first().copied(), Listed::Entity(i)));
        let places = findings.locations.locations.iter().enumerate().filter(|(_, place)| place.entity.is_none());
        let places = places.filter_map(|(i, place)| Some((Some(claims.free(place).next()?), Listed::Place(i))));
        let mut order: Vec<(Option<text::Mention>, Listed)> = entities.chain(places).collect();
        order.sort_by_key(|&(first, _)| first);
        let mut ranks = vec![0; found.len()];
        for (rank, &(_, listed)) in order.iter().enumerate() {
            if let Listed::Entity(index) = listed {
                ranks[index] = rank;
            }
        }
        Roster { listed: order.into_iter().map(|(_, listed)| listed).collect(), ranks, claims }
    }
}

/// The mentions that the entities claim, in order: what no other entity may be given.
struct Claims(Vec<(text::Mention, usize)>);

impl Claims {
    fn of(entities: &[entities::Entity]) -> Claims {
        let mentions = entities.iter().enumerate().flat_map(|(i, e)| e.mentions.iter().map(move |&m| (m, i)));
        let mut claims: Vec<(text::Mention, usize)> = mentions.collect();
        claims.sort_unstable_by_key(|(m, _)| (m.field, m.span.start));
        Claims(claims)
    }

    /// The entity whose mention overlaps `mention`.
    fn holder(&self, mention: text::Mention) -> Option<usize> {
        let (field, span) = (mention.field, mention.span);
        // Mentions of a field do not overlap, so their ends are in order too.
        let at = self.0.partition_point(|(m, _)| (m.field, m.span.end) <= (field, span.start));
        self.0.get(at).filter(|(m, _)| m.field == field && m.span.overlaps(span)).map(|&(_, entity)| entity)
    }

    /// The mentions of a place by a name of its own that no entity claims.
    fn free(&self, place: &locations::Location) -> impl Iterator<Item = text::Mention> {
        names(place).filter(|&mention| self.holder(mention).is_none())
    }

    /// The entity that `place` is: the one that the location stage tells, or a place that claims one of its names.
    fn entity_of(&self, place: &locations::Location, entities: &[entities::Entity]) -> Option<usize> {
        use text::EntityType::{Fac, Gpe, Loc};
        place.entity.or_else(|| {
            names(place).find_map(|m| self.holder(m)).filter(|&e| matches!(entities[e].kind, Gpe | Loc | Fac))
        })
    }
}

/// The mentions of a place by a name of its own.
fn names(place: &locations::Location) -> impl Iterator<Item = text::Mention> {
    let by_name = place.mentions.iter().filter(|(_, kind)| *kind == locations::MentionKind::Name);
    by_name.map(|&(mention, _)| mention)
}

struct Publisher<'a, 'd> {
    title: Offsets<'a>,
    body: Offsets<'a>,
    document: &'d Document<'a>,
    roster: Roster,
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

    fn entities(&self, findings: &'a Findings) -> Vec<Entity<'a>> {
        let places = &findings.locations.locations;
        let listed = self.roster.listed.iter().enumerate();
        let mut published: Vec<Entity<'a>> = listed
            .map(|(rank, &listed)| match listed {
                Listed::Entity(index) => self.entity(rank, &findings.entities.entities[index]),
                Listed::Place(index) => self.place_entity(rank, index, &places[index]),
            })
            .collect();
        for (index, place) in places.iter().enumerate() {
            if let Some(entity) = self.roster.claims.entity_of(place, &findings.entities.entities) {
                published[self.roster.ranks[entity]].location.get_or_insert_with(|| location_id(index));
            }
        }
        published
    }

    fn entity(&self, rank: usize, entity: &'a entities::Entity) -> Entity<'a> {
        Entity {
            id: entity_id(rank),
            name: Cow::Borrowed(&entity.name),
            kind: entity.kind.into(),
            title: entity.title.as_deref(),
            aliases: entity.aliases.iter().map(|a| Cow::Borrowed(a.as_str())).collect(),
            salience: share(entity.salience),
            location: None,
            mentions: entity.mentions.iter().map(|&m| self.mention(m)).collect(),
        }
    }

    /// An entity for a place that the gazetteer knows and the entity stage does not.
    fn place_entity(&self, rank: usize, index: usize, place: &'a locations::Location) -> Entity<'a> {
        let mentions: Vec<Mention<'a>> = self.roster.claims.free(place).map(|m| self.mention(m)).collect();
        // As the article writes it, but for a dateline's capitals.
        let is_own = |text: &str| text.to_lowercase() == place.name.to_lowercase();
        let name = mentions.first().map(|first| first.text).filter(|text| !is_own(text)).unwrap_or(&place.name);
        let mut aliases: Vec<Cow<'a, str>> = Vec::new();
        for mention in &mentions {
            if mention.text != name && !aliases.iter().any(|a| a == mention.text) {
                aliases.push(Cow::Borrowed(mention.text));
            }
        }
        // GeoNames' codes of populated places, countries, subdivisions and territories; the rest is nature and buildings.
        let political = ["PPL", "PCL", "ADM", "TERR"];
        let natural =
            place.feature_code.as_deref().is_some_and(|code| !political.iter().any(|class| code.starts_with(class)));
        Entity {
            id: entity_id(rank),
            name: Cow::Borrowed(name),
            kind: if natural { EntityType::Loc } else { EntityType::Gpe },
            title: None,
            aliases,
            salience: share(place.salience),
            location: Some(location_id(index)),
            mentions,
        }
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
            confidence: share(location.confidence),
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
            attribution: figure.attribution.as_ref().map(|a| Attribution {
                text: words(a.span),
                entity: a.entity.map(|e| entity_id(self.roster.ranks[e])),
            }),
            cause: figure.cause.map(words),
            cause_class: figure.cause_class.map(Into::into),
            location: figure.location.map(location_id),
            mention: self.mention(figure.mention),
            sentence: figure.sentence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casualties::{Attribution, Category, Count, Figure, Kind, Qualifier, Status, Total, Victims};
    use crate::locations::{Coordinates, MentionKind, Role};
    use crate::text::Field;
    use serde_json::Value;

    const TITLE: &str = "Öl fire in Łódź — two dead";
    const BODY: &str =
        "At least two people died in Łódź 🔥, Mayor Ewa Nowak said. The Polish city mourns; Łódź is in Poland.";

    fn article() -> Article {
        Article {
            id: "a-1".to_owned(),
            url: None,
            source: Some("Example Wire".to_owned()),
            title: Some(TITLE.to_owned()),
            published_at: Some("2025-02-18T10:30:00+01:00".parse().unwrap()),
            language: None,
            text: BODY.to_owned(),
            extra: serde_json::Map::new(),
        }
    }

    fn span(text: &str, words: &str) -> Span {
        let start = text.find(words).unwrap();
        Span::new(start, start + words.len())
    }

    fn body(words: &str) -> text::Mention {
        text::Mention { field: Field::Body, span: span(BODY, words) }
    }

    fn entity(name: &str, kind: entities::EntityType, mentions: Vec<text::Mention>) -> entities::Entity {
        entities::Entity { name: name.to_owned(), kind, title: None, aliases: Vec::new(), salience: 0.25, mentions }
    }

    fn place(name: &str, feature_code: &str, mentions: Vec<(text::Mention, MentionKind)>) -> locations::Location {
        locations::Location {
            name: name.to_owned(),
            geonames_id: Some(3_093_133),
            coordinates: Some(Coordinates { latitude: 51.77058, longitude: 19.47395 }),
            country_code: Some("PL".to_owned()),
            admin1: None,
            feature_code: Some(feature_code.to_owned()),
            population: None,
            role: Role::Event,
            confidence: 0.98,
            mentions,
            entity: None,
            salience: 0.2,
        }
    }

    fn findings() -> Findings {
        let in_title = text::Mention { field: Field::Title, span: span(TITLE, "Łódź") };
        let mut nowak = entity("Ewa Nowak", entities::EntityType::Person, vec![body("Ewa Nowak")]);
        nowak.title = Some("Mayor".to_owned());
        let polish = entity("Polish", entities::EntityType::Norp, vec![body("Polish")]);
        Findings {
            entities: Entities { entities: vec![nowak, polish], untyped: Vec::new() },
            locations: Locations {
                locations: vec![
                    place("Łódź", "PPLA", vec![(in_title, MentionKind::Name), (body("Łódź"), MentionKind::Name)]),
                    place("Poland", "PCLI", vec![(body("Polish"), MentionKind::Demonym)]),
                ],
                primary: Some(0),
            },
            casualties: Casualties {
                figures: vec![Figure {
                    kind: Kind::Killed,
                    count: Some(Count {
                        low: 2,
                        high: None,
                        qualifier: Qualifier::AtLeast,
                        span: span(BODY, "At least two"),
                    }),
                    victims: Victims {
                        span: Some(span(BODY, "people")),
                        category: Category::Unknown,
                        nationality: Vec::new(),
                    },
                    part_of: None,
                    status: Status::Reported,
                    attribution: Some(Attribution { span: span(BODY, "Mayor Ewa Nowak"), entity: Some(0) }),
                    cause: None,
                    cause_class: None,
                    location: Some(0),
                    mention: body("At least two people died"),
                    sentence: 0,
                }],
                totals: [(Kind::Killed, Total { best: 2, low: 2, high: None })].into(),
            },
        }
    }

    fn publish(findings: &Findings) -> Value {
        let article = article();
        let document = Document::parse(article.title.as_deref(), &article.text);
        let enrichment = Enrichment {
            version: "0.0.0",
            model: None,
            gazetteer: "test",
            processed_at: "2025-02-18T09:31:00Z".to_owned(),
            duration_us: 1,
        };
        serde_json::to_value(assemble(&article, Some("en"), &document, findings, enrichment)).unwrap()
    }

    /// Forbids unknown fields, which the published schema allows, so that no field goes undescribed.
    fn close(schema: &mut Value) {
        if let Value::Object(object) = schema {
            if object.contains_key("properties") && !object.contains_key("additionalProperties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(close);
        }
    }

    #[test]
    fn the_output_fits_the_schema_to_the_last_field() {
        let mut schema = super::super::schema();
        close(&mut schema);
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        for findings in [findings(), Findings::default()] {
            let published = publish(&findings);
            let errors: Vec<String> =
                validator.iter_errors(&published).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        let mut wrong = publish(&findings());
        wrong["entities"][0]["surplus"] = true.into();
        assert!(!validator.is_valid(&wrong), "the closed schema forbids nothing");
    }

    #[test]
    fn offsets_slice_the_text_to_the_mention() {
        fn mentions<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
            match value {
                Value::Object(object) if object.contains_key("start") => found.push(value),
                Value::Object(object) => object.values().for_each(|v| mentions(v, found)),
                Value::Array(array) => array.iter().for_each(|v| mentions(v, found)),
                _ => {}
            }
        }
        let published = publish(&findings());
        let mut found = Vec::new();
        mentions(&published, &mut found);
        assert_eq!(found.len(), 8);
        for mention in found {
            let text = if mention["field"] == "title" { TITLE } else { BODY };
            let (start, end) = (mention["start"].as_u64().unwrap() as usize, mention["end"].as_u64().unwrap() as usize);
            let slice: String = text.chars().take(end).skip(start).collect();
            assert_eq!(mention["text"], slice.as_str());
        }
    }

    #[test]
    fn a_place_is_an_entity_and_ids_follow_the_first_mention() {
        let published = publish(&findings());
        let names: Vec<(&str, &str)> = published["entities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (e["id"].as_str().unwrap(), e["name"].as_str().unwrap()))
            .collect();
        assert_eq!(names, [("e1", "Łódź"), ("e2", "Ewa Nowak"), ("e3", "Polish")]);
        assert_eq!(published["entities"][0]["location"], "l1");
        assert_eq!(published["entities"][0]["type"], "GPE");
        assert_eq!(published["casualties"][0]["attribution"]["entity"], "e2");
        assert_eq!(published["casualties"][0]["location"], "l1");
        assert_eq!(published["primary_location"], "l1");
    }

    #[test]
    fn a_place_that_the_entity_stage_knows_is_linked_not_repeated() {
        let mut findings = findings();
        findings.entities.entities.push(entity("Poland", entities::EntityType::Gpe, vec![body("Poland")]));
        findings.locations.locations[1].entity = Some(2);
        let published = publish(&findings);
        assert_eq!(published["entities"].as_array().unwrap().len(), 4);
        assert_eq!(published["entities"][3]["name"], "Poland");
        assert_eq!(published["entities"][3]["location"], "l2");
    }

    #[test]
    fn shares_are_numbers_between_0_and_1() {
        assert_eq!([0.31, 0.9996, -0.1, 7.0, f32::NAN].map(share), [0.31, 1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn times_are_utc_and_totals_are_by_kind() {
        let published = publish(&findings());
        assert_eq!(published["published_at"], "2025-02-18T09:30:00Z");
        assert_eq!(published["casualty_totals"], serde_json::json!({"killed": {"best": 2, "low": 2, "high": null}}));
        assert_eq!(published["casualties"][0]["count"]["text"], "At least two");
        assert!(published.get("extra").is_none(), "no fields were kept");
    }
}
