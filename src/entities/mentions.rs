//! The mentions of an article: the model's labels, cleaned, and the names that it left unlabelled.
//!
//! The model says where names are and of what type. What the words around them add is here: titles, declared
//! acronyms, and people whom a title makes sure of.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::beside::Beside;
use super::bounds::{Known, names_of};
use super::context::{quoted, told_by_context};
use super::hints::hinted;
use super::labels::{bounded, is_no_name, kind_of, places_of, trimmed, whole_people, with_initials, with_second_half};
use super::lexicon::{Class, Lexicon};
use super::names::{Names, Run, is_possessive};
use super::titles::Titles;
use crate::text::{Document, EntityType, Field, Label, Mention, Span, TextField, TokenKind};

/// How sure a type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// There is none: the name is untyped.
    None,
    /// The model labelled it.
    Model,
    /// A lexicon has the whole name, the article declares it, or a title stands before it.
    Sure,
    /// The words beside it say what it is ("the Rendille language"), whatever it is labelled here or elsewhere.
    Told,
}

/// One mention of a name.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) mention: Mention,
    pub(super) name: &'a str,
    pub(super) kind: Option<EntityType>,
    pub(super) evidence: Evidence,
    /// What the common nouns beside it say that it is, other than the label.
    pub(super) hint: Option<EntityType>,
    /// Whether it stands alone between quotation marks.
    pub(super) quoted: bool,
    /// A person's title, in the mention's field.
    pub(super) title: Option<Span>,
    /// Whether a title or a "Mr" stands before it.
    pub(super) titled: bool,
    /// The index of the sentence it stands in.
    pub(super) sentence: usize,
    /// Whether a preposition of place stands before it.
    pub(super) placed: bool,
    /// Whether it stands where capitals tell nothing.
    pub(super) shouted: bool,
    /// What the words beside it say of whom a last name means.
    pub(super) beside: Beside,
}

impl<'a> Found<'a> {
    /// A mention at the tokens `name` of which no more is known than what stands beside it.
    fn plain(field: &TextField<'a>, mention: Mention, name: Range<usize>, lexicon: &Lexicon) -> Found<'a> {
        Found {
            mention,
            name: mention.span.of(field.text),
            kind: None,
            evidence: Evidence::None,
            hint: None,
            quoted: false,
            title: None,
            titled: false,
            sentence: field.sentence_of(name.start),
            placed: false,
            shouted: false,
            beside: Beside::of(field, name, lexicon),
        }
    }
}

/// The mentions of a document, in order, and the acronyms that it declares.
#[derive(Debug, Default)]
pub(super) struct Mentions<'a> {
    pub(super) found: Vec<Found<'a>>,
    /// What the article declares to be another name of something: the short name to the long one.
    pub(super) acronyms: FxHashMap<&'a str, &'a str>,
    /// Those that it declares to be nicknames.
    pub(super) nicknames: FxHashSet<&'a str>,
    /// Names that the headline breaks off, to what the body has in their place.
    pub(super) cuts: Vec<(&'a str, &'a str)>,
    /// Initials that stand before turns of speech.
    pub(super) speakers: FxHashSet<&'a str>,
}

/// What covers each token of a field.
#[derive(Debug, Default)]
pub(super) struct Marks {
    kinds: Vec<Option<EntityType>>,
    taken: Vec<bool>,
}

impl Marks {
    fn reset(&mut self, tokens: usize) {
        self.kinds.clear();
        self.kinds.resize(tokens, None);
        self.taken.clear();
        self.taken.resize(tokens, false);
    }

    /// The type of the label that covers the token at `at`.
    pub(super) fn kind(&self, at: usize) -> Option<EntityType> {
        self.kinds.get(at).copied().flatten()
    }

    /// Whether the token at `at` belongs to a label or a title, so that no candidate name may hold it.
    pub(super) fn is_taken(&self, at: usize) -> bool {
        self.taken.get(at).copied().unwrap_or(false)
    }
}

/// Collects the mentions of `document`. `numbers`: dates and numbers too.
pub(super) fn collect<'a>(
    document: &Document<'a>,
    names: &mut Names<'a>,
    lexicon: &Lexicon,
    numbers: bool,
) -> Mentions<'a> {
    let mut mentions = Mentions::default();
    let mut marks = Marks::default();
    names.read_lower(document);
    let known = Known::of(document);
    for (which, field) in document.fields() {
        marks.reset(field.tokens.len());
        let mut labelled = labelled(which, field, lexicon, (numbers, &known), &mut marks);
        for found in &mut labelled {
            let titles = Titles { field, marks: &marks, lexicon };
            let (first, end) = tokens_of(field, found.mention.span);
            let before = titles.before(first..end, field.sentences[found.sentence].start as usize);
            if found.kind != Some(EntityType::Person) {
                let mistaken = before.is_sure && matches!(found.kind, Some(EntityType::Gpe | EntityType::Org));
                if !(mistaken && (may_be_surname(found.name, lexicon) || known.is_called(found.name, lexicon))) {
                    continue;
                }
                found.kind = Some(EntityType::Person);
                marks.kinds[first..end].fill(found.kind);
            }
            let titles = Titles { field, marks: &marks, lexicon };
            found.titled = before.start < first;
            found.title = before.title().map(|title| field.span_of(title)).or_else(|| titles.after(end));
            if found.title.is_none() && before.start == first {
                let start = field.sentences[found.sentence].start as usize;
                found.title = titles.of_list(first..end, start).map(|title| field.span_of(title));
            }
            // What a title names besides ("US", "Zambia") stays free.
            for at in before.start..first {
                marks.taken[at] |= lexicon.class(field.word(at)).any(Class::PART_OF_TITLE);
            }
        }
        let runs = names.collect(which, field, &marks, lexicon);
        let mut unlabelled = Vec::new();
        for run in &names.runs[runs] {
            unlabelled.extend(unlabelled_name(field, run, names, &Titles { field, marks: &marks, lexicon }));
        }
        labelled.iter_mut().for_each(|found| found.shouted = names.is_shouted(which, found.sentence));
        labelled.retain(|found| !is_part_of_name(field, found, &marks, lexicon));
        let first = mentions.found.len();
        mentions.found.extend(labelled);
        mentions.found.extend(unlabelled);
        mentions.found[first..].sort_by_key(|found| found.mention.span.start);
        mentions.declared(field, first, lexicon);
    }
    mentions.drop_common_words(document, names, lexicon);
    mentions.cut(document);
    mentions.speakers(document);
    mentions
}

/// Whether the name of a people is a part of one that the model left unlabelled: "Greek Reporter".
fn is_part_of_name(field: &TextField<'_>, found: &Found<'_>, marks: &Marks, lexicon: &Lexicon) -> bool {
    if found.kind != Some(EntityType::Norp) || found.mention.field != Field::Body || found.shouted {
        return false;
    }
    let (_, end) = tokens_of(field, found.mention.span);
    let sentence = field.sentences[found.sentence].end as usize;
    let word = |at: usize| if at < sentence { field.word(at) } else { "" };
    let is_capital = |at: usize| {
        word(at).starts_with(char::is_uppercase) && field.tokens[at].kind == TokenKind::Word && marks.kind(at).is_none()
    };
    let next = lexicon.class(word(end));
    let mut buffer = String::new();
    is_capital(end)
        && field.tokens[end - 1].space_after
        && word(end).contains(char::is_lowercase)
        && !is_capital(end + 1)
        && marks.kind(end + 1).is_none()
        && !next.any(Class::PART_OF_TITLE.or(Class::HEAD).or(Class::CALENDAR).or(Class::GIVEN_NAME))
        && lexicon.lower_class(word(end), &mut buffer).any(Class::SURE_ROLE.or(Class::ORGANISATION_NOUN))
}

/// Whether a name after a title ("President Biden") may be a last name, whatever the model took it for: one word, no
/// acronym, no name that a list has.
fn may_be_surname(name: &str, lexicon: &Lexicon) -> bool {
    !name.contains(' ')
        && name.contains(char::is_lowercase)
        && lexicon.name(name).is_none()
        && lexicon.group(name).is_none()
        && !lexicon.class(name).any(Class::ALSO_PLACE.or(Class::HEAD))
}

/// The tokens that `span` touches: from the first to one past the last.
fn tokens_of(field: &TextField<'_>, span: Span) -> (usize, usize) {
    let first = field.token_at(span.start);
    let length = field.tokens[first..].iter().take_while(|token| token.span.start < span.end).count();
    (first, first + length.max(1))
}

/// Bounds the search for a person whose last name is a title.
const MAX_KNOWN: usize = 200;

/// The model's labels as mentions; marks their tokens.
fn labelled<'a>(
    which: Field,
    field: &TextField<'a>,
    lexicon: &Lexicon,
    (numbers, names): (bool, &Known<'a>),
    marks: &mut Marks,
) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::with_capacity(field.labels.len());
    let mut buffer = String::new();
    // People of two words or more; few suffice to tell that "King" is one.
    let people: Vec<&str> = field
        .labels
        .iter()
        .filter(|label| label.kind == EntityType::Person)
        .map(|l| l.span.of(field.text))
        .filter(|name| name.contains(' '))
        .take(MAX_KNOWN)
        .collect();
    let labels = bounded(whole_people(field), field.text, lexicon);
    let labels = labels.into_iter().flat_map(|label| names_of(label, field.text, lexicon, names).into_iter().flatten());
    for label in labels.flat_map(|label| places_of(label, field.text, lexicon)) {
        let label = Label { kind: kind_of(label, field.text, lexicon), ..label };
        let (first, end) = tokens_of(field, label.span);
        if !label.kind.is_name() {
            marks.kinds[first..end].fill(Some(label.kind));
            marks.taken[first..end].fill(true);
            if !numbers {
                continue;
            }
        }
        let Some(mut span) = trimmed(field, lexicon, label.span, label.kind) else { continue };
        if label.kind == EntityType::Person {
            span = with_second_half(field, lexicon, with_initials(field, lexicon, span));
            // "Salas et al"
            let alone = span.of(field.text).trim_end_matches('.').strip_suffix(" et al").map(str::len);
            span.end = alone.map_or(span.end, |length| span.start + length as u32);
        }
        if found.last().is_some_and(|last| last.mention.span.overlaps(span)) {
            continue;
        }
        let name = span.of(field.text);
        let (first, end) = tokens_of(field, span);
        let opens = first == field.sentences[field.sentence_of(first)].start as usize;
        let is_known = || people.iter().any(|known| known.split(' ').any(|word| word == name));
        if is_no_name(name, label.kind, opens, lexicon, &mut buffer)
            && !(label.kind == EntityType::Person && !lexicon.class(name).any(Class::NO_NAME) && is_known())
        {
            continue;
        }
        marks.kinds[first..end].fill(Some(label.kind));
        marks.taken[first..end].fill(true);
        if is_currency(field, end, lexicon) {
            continue;
        }
        let sentence = field.sentence_of(first);
        let placed = preposition_before(field, first, end, sentence);
        let mention = Mention { field: which, span };
        let told = told_by_context(field, first..end, lexicon);
        let evidence = if told.is_some() { Evidence::Told } else { Evidence::Model };
        let hint = hinted(field, first..end, label.kind, lexicon);
        let kind = told.or(Some(label.kind));
        let quoted = quoted(field, first..end).is_some();
        let plain = Found::plain(field, mention, first..end, lexicon);
        found.push(Found { kind, evidence, hint, quoted, placed, ..plain });
    }
    found
}

/// Whether a preposition of place stands before the tokens `first..end`. "Sadness at Iyambo's death" is at no place.
fn preposition_before(field: &TextField<'_>, first: usize, end: usize, sentence: usize) -> bool {
    let has = || end < field.tokens.len() && is_possessive(field.word(end));
    first > field.sentences[sentence].start as usize
        && !(field.word(first - 1) == "at" && has())
        && matches!(field.word(first - 1), "in" | "near" | "at" | "outside" | "around" | "across")
}

/// Whether a currency is named whose first words end before the token `end`: "Tembe dollars".
fn is_currency(field: &TextField<'_>, end: usize, lexicon: &Lexicon) -> bool {
    end < field.tokens.len() && lexicon.class(field.word(end)).any(Class::CURRENCY)
}

/// What a run that the model left unlabelled is a mention of, as far as its words tell.
fn unlabelled_name<'a>(
    field: &TextField<'a>,
    run: &Run,
    names: &Names<'a>,
    titles: &Titles<'a, '_>,
) -> Option<Found<'a>> {
    let (lexicon, marks) = (titles.lexicon, titles.marks);
    let words = &names.words[run.words.clone()];
    let sentence = field.sentence_of(run.tokens.start);
    let make = |span: Span, kind, evidence, title| {
        let name = span.of(field.text);
        let placed = preposition_before(field, run.tokens.start, run.tokens.end, sentence);
        let mention = Mention { field: run.field, span };
        let letters = name.chars().filter(|c| c.is_alphabetic()).take(2).count();
        let (first, end) = tokens_of(field, span);
        let plain = Found::plain(field, mention, first..end, lexicon);
        (letters == 2).then_some(Found { kind, evidence, title, placed, ..plain })
    };
    let whole = names.span(run.words.clone());
    // "US $330 million" is a sum.
    if field.text[whole.end as usize..].trim_start().starts_with(['$', '€', '£'])
        || is_currency(field, run.tokens.end, lexicon)
    {
        return None;
    }
    match lexicon.name(whole.of(field.text)) {
        Some(Some(kind)) => return make(whole, Some(kind), Evidence::Sure, None),
        Some(None) => return make(whole, None, Evidence::None, None),
        None => {}
    }
    let is_plain = |word: &super::names::Word<'_>| {
        word.capital && !word.class.any(Class::HEAD.or(Class::TITLE).or(Class::MODIFIER).or(Class::OFFICE))
    };
    // "Chief Guest", "Deputy Governors": a word that the text or a list has in lower case is nobody's name.
    let may_be_person = |words: &[super::names::Word<'_>]| {
        let mut buffer = String::new();
        let no_names = Class::NOUN.or(Class::FUNCTION).or(Class::SURE_ROLE).or(Class::LOOSE_ROLE);
        words.iter().all(|word| {
            is_plain(word) && !lexicon.lower_class(word.text, &mut buffer).any(no_names) && !names.is_lower(&buffer)
        })
    };
    let head = words.iter().rposition(|word| word.class.any(Class::TITLE.or(Class::HONORIFIC)));
    if let Some(head) = head
        && (1..=3).contains(&(words.len() - head - 1))
        && may_be_person(&words[head + 1..])
    {
        let name = run.words.start + head + 1..run.words.end;
        let first = field.token_at(names.span(name.clone()).start);
        let end = first + words.len() - head - 1;
        let before = titles.before(first..end, field.sentences[sentence].start as usize);
        let title = before.title().map(|title| field.span_of(title));
        return make(names.span(name), Some(EntityType::Person), Evidence::Sure, title);
    }
    if words.len() <= 3 && may_be_person(words) {
        let before = titles.before(run.tokens.clone(), field.sentences[sentence].start as usize);
        if before.is_sure && before.start < run.tokens.start && marks.kind(run.tokens.start).is_none() {
            let title = before.title().map(|title| field.span_of(title));
            return make(whole, Some(EntityType::Person), Evidence::Sure, title);
        }
    }
    // "The US Secretary of State" without a name names the US alone.
    let rest = match head {
        Some(_) => words.iter().take_while(|word| is_plain(word)).count(),
        None => words.len(),
    };
    (rest > 0).then(|| make(names.span(run.words.start..run.words.start + rest), None, Evidence::None, None)).flatten()
}

impl<'a> Mentions<'a> {
    /// Lets go of words that were taken for names where a sentence opens with them ("Cholera spreads"), and that the
    /// article also writes in lower case.
    fn drop_common_words(&mut self, document: &Document<'a>, names: &Names<'a>, lexicon: &Lexicon) {
        let opens = |found: &Found<'a>| {
            let field = document.field(found.mention.field);
            let start = field.sentences[found.sentence].start as usize;
            let (first, _) = tokens_of(field, found.mention.span);
            field.tokens[start..first].iter().all(|token| token.kind == TokenKind::Punctuation)
        };
        let is_doubtful = |found: &Found<'a>| {
            let given = found.kind == Some(EntityType::Person) && lexicon.class(found.name).any(Class::GIVEN_NAME);
            found.evidence == Evidence::Model && !given && names.is_also_lower(found.name) && opens(found)
        };
        let doubtful: Vec<bool> = self.found.iter().map(is_doubtful).collect();
        let sure: FxHashSet<&str> =
            self.found.iter().zip(&doubtful).filter(|(_, doubtful)| !**doubtful).map(|(found, _)| found.name).collect();
        let mut doubtful = doubtful.into_iter();
        self.found.retain(|found| !doubtful.next().unwrap_or(false) || sure.contains(found.name));
    }
}

/// The field that a mention stands in, for ordering.
pub(super) fn position(mention: Mention) -> (Field, u32) {
    (mention.field, mention.span.start)
}
