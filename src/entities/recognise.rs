//! What a candidate name is a name of, by the words in it and right around it.
//!
//! Each rule needs a word that tells: a title, a role, a given name, the head word of an organisation. A
//! name without one stays untyped; nothing is guessed.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::EntityType;
use super::lexicon::{Class, Lexicon};
use super::names::{Names, Run, Word};
use crate::text::{Document, Field, Mention, Span, TextField, TokenKind};

/// How sure a type is; where the mentions of one name disagree, the surest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// None: the name is untyped.
    None,
    /// The words of the name.
    Words,
    /// What stands around it.
    Context,
    /// The model.
    Model,
    /// A lexicon has the whole name, or a title stands before it.
    Sure,
}

/// One mention of a name.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) mention: Mention,
    pub(super) name: &'a str,
    pub(super) kind: Option<EntityType>,
    pub(super) evidence: Evidence,
    /// A person's title, in the mention's field.
    pub(super) title: Option<Span>,
    /// The index of the sentence it stands in.
    pub(super) sentence: usize,
    /// Whether a preposition of place stands before it.
    pub(super) placed: bool,
}

/// The mentions of a document, in order, and the acronyms that it declares.
#[derive(Debug, Default)]
pub(super) struct Recognised<'a> {
    pub(super) found: Vec<Found<'a>>,
    /// Acronym to long form.
    pub(super) acronyms: FxHashMap<&'a str, &'a str>,
}

pub(super) fn recognise<'a>(document: &Document<'a>, names: &Names<'a>, lexicon: &Lexicon) -> Recognised<'a> {
    let mut recogniser = Recogniser { names, lexicon, recognised: Recognised::default() };
    for (which, field) in document.fields() {
        let mut sentence = 0;
        for run in names.runs.iter().filter(|run| run.field == which) {
            while field.sentences.get(sentence).is_some_and(|s| s.end as usize <= run.tokens.start) {
                sentence += 1;
            }
            recogniser.run(field, run, sentence);
        }
    }
    recogniser.recognised
}

struct Recogniser<'a, 'n> {
    names: &'n Names<'a>,
    lexicon: &'n Lexicon,
    recognised: Recognised<'a>,
}

impl<'a> Recogniser<'a, '_> {
    fn run(&mut self, field: &TextField<'a>, run: &Run, sentence: usize) {
        let context = Context { field, run, sentence, lexicon: self.lexicon };
        let first = self.recognised.found.len();
        self.words(&context, run.words.clone());
        self.declared_acronym(&context, first);
    }

    fn slice(&self, words: &Range<usize>) -> &[Word<'a>] {
        &self.names.words[words.clone()]
    }

    /// Types `words` of a run as one name, or takes a title off them first.
    fn words(&mut self, context: &Context<'a, '_>, words: Range<usize>) {
        let whole = self.names.text(context.field, words.clone());
        match self.lexicon.name(whole) {
            Some(Some(kind)) => return self.push(context, words, Some(kind), Evidence::Sure, None),
            Some(None) => return self.push(context, words, None, Evidence::None, None),
            None => {}
        }
        if let Some(kind) = by_head(self.slice(&words)) {
            return self.push(context, words, Some(kind), Evidence::Words, None);
        }
        if let Some(titled) = titled(self.slice(&words)) {
            return self.titled(context, words, titled);
        }
        if self.slice(&words).iter().all(|w| self.lexicon.name(w.text) == Some(Some(EntityType::Norp))) {
            return self.push(context, words, Some(EntityType::Norp), Evidence::Words, None);
        }
        let last_in_run = words.end == context.run.words.end;
        let count = self.slice(&words).len();
        if words.start == context.run.words.start
            && let Some(title) = context.role_before(count)
        {
            let title = title.or_else(|| last_in_run.then(|| context.apposition(count)).flatten().map(|a| a.span));
            return self.push(context, words, Some(EntityType::Person), Evidence::Context, title);
        }
        let apposition = if last_in_run { context.apposition(count) } else { None };
        let title = apposition.as_ref().map(|a| a.span);
        if has_given_name(self.slice(&words)) {
            return self.push(context, words, Some(EntityType::Person), Evidence::Words, title);
        }
        let told = last_in_run && (context.age_follows() || count >= 2 && context.who_follows());
        if told || apposition.is_some_and(|a| a.sure && (2..=4).contains(&count)) {
            return self.push(context, words, Some(EntityType::Person), Evidence::Context, title);
        }
        self.push(context, words, None, Evidence::None, title);
    }

    fn titled(&mut self, context: &Context<'a, '_>, words: Range<usize>, titled: Titled) {
        let title_words = words.start..words.start + titled.title_end;
        let modifiers = words.start..words.start + titled.names_end;
        // What the title names: "US" of "US Secretary of State", "State Department" of its spokeswoman.
        if !modifiers.is_empty() {
            let by_head = self.slice(&modifiers).last().is_some_and(|w| w.class.any(Class::HEAD));
            let skip = if by_head {
                0
            } else {
                self.slice(&modifiers).iter().take_while(|w| w.class.any(Class::MODIFIER) || !w.capital).count()
            };
            let named = modifiers.start + skip..modifiers.end;
            if !named.is_empty() {
                let kind = by_head.then_some(EntityType::Org);
                let evidence = if by_head { Evidence::Words } else { Evidence::None };
                let whole = self.names.text(context.field, named.clone());
                match self.lexicon.name(whole) {
                    Some(kind) => self.push(context, named, kind, Evidence::Sure, None),
                    None => self.push(context, named, kind, evidence, None),
                }
            }
        }
        if let Some(place) = titled.place {
            self.push(context, words.start + place.start..words.start + place.end, None, Evidence::None, None);
        }
        let name = words.start + titled.name_start..words.end;
        if name.is_empty() {
            return;
        }
        let title = (!titled.only_honorific).then(|| {
            let span = self.names.span(title_words);
            let from = if words.start == context.run.words.start { context.modifiers_before() } else { None };
            from.map_or(span, |from| from.join(span))
        });
        let title = title.or_else(|| context.apposition(name.len()).map(|a| a.span));
        self.push(context, name, Some(EntityType::Person), Evidence::Sure, title);
    }

    fn push(
        &mut self,
        context: &Context<'a, '_>,
        words: Range<usize>,
        kind: Option<EntityType>,
        evidence: Evidence,
        title: Option<Span>,
    ) {
        let span = self.names.span(words.clone());
        let name = span.of(context.field.text);
        if name.chars().filter(|c| c.is_alphabetic()).take(2).count() < 2 {
            return;
        }
        let placed = words.start == context.run.words.start && context.preposition_before();
        let mention = Mention { field: context.run.field, span };
        let sentence = context.sentence;
        self.recognised.found.push(Found { mention, name, kind, evidence, title, sentence, placed });
    }

    /// "Gun Violence Archive (GVA)": the run in brackets stands for the one before them.
    fn declared_acronym(&mut self, context: &Context<'a, '_>, first: usize) {
        let [.., long, _] = self.recognised.found.as_slice() else { return };
        let run = context.run;
        let in_brackets = run.tokens.len() == 1
            && self.recognised.found.len() == first + 1
            && run.tokens.start > 0
            && context.word(run.tokens.start - 1) == Some("(")
            && context.word(run.tokens.end) == Some(")");
        let long_ends = long.mention.field == run.field
            && in_brackets
            && context.field.text[long.mention.span.end as usize..].trim_start().starts_with('(')
            && self.recognised.found[first].mention.span.start as usize - long.mention.span.end as usize <= 3;
        if long_ends
            && long.kind != Some(EntityType::Person)
            && is_acronym(self.recognised.found[first].name, long.name)
        {
            let is_state = long.name.split(' ').any(|w| self.lexicon.class(w).any(Class::STATE));
            let (long_name, short_name) = (long.name, self.recognised.found[first].name);
            if long.kind.is_none() && !is_state {
                self.recognised.found[first - 1].kind = Some(EntityType::Org);
                self.recognised.found[first - 1].evidence = Evidence::Context;
            }
            let kind = self.recognised.found[first - 1].kind;
            if kind.is_some() {
                self.recognised.found[first].kind = kind;
                self.recognised.found[first].evidence = Evidence::Sure;
            }
            self.recognised.acronyms.entry(short_name).or_insert(long_name);
        }
    }
}

/// Whether the capitals of `short` are the first letters of the words of `long`, in order, none skipped but
/// small words.
fn is_acronym(short: &str, long: &str) -> bool {
    let capitals = short.chars().filter(|c| c.is_uppercase()).count();
    if capitals < 2 || short.chars().count() > 8 {
        return false;
    }
    let mut letters = short.chars().filter(|c| c.is_alphabetic()).peekable();
    for word in long.split([' ', '-']) {
        let Some(initial) = word.chars().next() else { continue };
        match letters.peek() {
            Some(letter) if letter.to_lowercase().eq(initial.to_lowercase()) => {
                letters.next();
            }
            _ if initial.is_uppercase() => return false,
            _ => {}
        }
    }
    letters.next().is_none()
}

/// The type that the last word of a name tells, or the word before its "of".
fn by_head(words: &[Word<'_>]) -> Option<EntityType> {
    let (first, last) = (words.first()?, words.last()?);
    if words.len() < 2 {
        return None;
    }
    let of = words.iter().position(|w| matches!(w.text, "of" | "for"));
    let head = match of {
        Some(of) if words[of - 1].class.any(Class::HEAD) => words[of - 1],
        Some(_) => *first,
        None => *last,
    };
    let class = head.class;
    if class.any(Class::ORGANISATION) {
        // "Emily Post": a person's name may end like a newspaper's.
        let surname = words.len() == 2
            && first.class.any(Class::GIVEN_NAME)
            && matches!(last.text, "Post" | "Church" | "Front" | "Guard" | "Court");
        return (!surname).then_some(EntityType::Org);
    }
    if class.any(Class::FACILITY) {
        return Some(EntityType::Fac);
    }
    if class.any(Class::EVENT) || first.class.any(Class::OPENS_EVENT) {
        return Some(EntityType::Event);
    }
    if class.any(Class::LAW) {
        return Some(EntityType::Law);
    }
    if class.any(Class::WORK_OF_ART) {
        return Some(EntityType::WorkOfArt);
    }
    let surname = words.len() == 2 && first.class.any(Class::GIVEN_NAME);
    if (class.any(Class::PLACE) && !surname) || first.class.any(Class::OPENS_PLACE) {
        return Some(EntityType::Loc);
    }
    None
}

/// How a run is split into a title and a name; positions are words of the run.
struct Titled {
    title_end: usize,
    /// Words before this may name something.
    names_end: usize,
    name_start: usize,
    /// "President of Russia Vladimir Putin".
    place: Option<Range<usize>>,
    only_honorific: bool,
}

fn titled(words: &[Word<'_>]) -> Option<Titled> {
    let is_title = |w: &Word<'_>| w.class.any(Class::TITLE.or(Class::HONORIFIC));
    if words[0].class.any(Class::GIVEN_NAME) && !is_title(&words[0]) {
        return None;
    }
    let suffixes = words.iter().rev().take_while(|w| matches!(w.text, "Jr" | "Jr." | "Sr" | "Sr.")).count();
    let limit = words.len() - suffixes;
    let first_of = words.iter().position(|w| matches!(w.text, "of" | "for")).unwrap_or(limit);
    // The last title that a word follows; after an "of" another one may follow ("Chief of Staff General X").
    let head = (0..limit).rev().find(|&at| {
        is_title(&words[at]) && (at + 1 < limit || at > 0 && at + 1 == limit && is_title(&words[at]) && at <= first_of)
    })?;
    let names_end = (0..=head)
        .rev()
        .find(|&at| words[at].capital && !words[at].class.any(Class::TITLE.or(Class::HONORIFIC).or(Class::MODIFIER)))
        .map_or(0, |at| at + 1);
    let only_honorific = words[..=head].iter().all(|w| w.class.any(Class::HONORIFIC));
    if head + 1 >= limit {
        // A title and no name: "the US Secretary of State" as a whole.
        return Some(Titled { title_end: head + 1, names_end, name_start: words.len(), place: None, only_honorific });
    }
    if !matches!(words[head + 1].text, "of" | "for") {
        let name_start = if words[head + 1].capital { head + 1 } else { words.len() };
        return Some(Titled { title_end: head + 1, names_end, name_start, place: None, only_honorific });
    }
    let after = head + 2 + usize::from(words.get(head + 2).is_some_and(|w| w.text == "the"));
    let offices = words[after..].iter().take_while(|w| !w.capital || w.class.any(Class::OFFICE)).count();
    if offices > 0 {
        let name_start = after + offices;
        return Some(Titled { title_end: name_start, names_end, name_start, place: None, only_honorific });
    }
    let name_start = (after + 1..words.len()).find(|&at| words[at].class.any(Class::GIVEN_NAME)).unwrap_or(words.len());
    Some(Titled { title_end: name_start, names_end, name_start, place: Some(after..name_start), only_honorific })
}

/// "Sharon Ware", "M. Jagadesh Kumar": a given name, then more.
fn has_given_name(words: &[Word<'_>]) -> bool {
    let initials = words.iter().take_while(|w| w.text.trim_end_matches('.').chars().count() == 1).count();
    let rest = &words[initials.min(words.len())..];
    let Some(first) = rest.first() else { return false };
    let capitals = words.iter().filter(|w| w.capital).count();
    (2..=5).contains(&capitals)
        && (rest.len() >= 2 || initials > 0)
        && first.class.any(Class::GIVEN_NAME)
        && !first.class.any(Class::ALSO_PLACE)
        && words.iter().all(|w| !w.class.any(Class::HEAD) && !matches!(w.text, "of" | "for" | "&" | "and"))
}

/// An apposition that tells a role: "Kirill Dmitriev, head of Russia's sovereign wealth fund,".
struct Apposition {
    span: Span,
    sure: bool,
}

/// What stands around a run.
struct Context<'a, 'n> {
    field: &'n TextField<'a>,
    run: &'n Run,
    sentence: usize,
    lexicon: &'n Lexicon,
}

/// How many tokens an apposition may take.
const MAX_APPOSITION: usize = 14;
/// How many words may stand before its role.
const MAX_BEFORE_ROLE: usize = 6;

impl<'a> Context<'a, '_> {
    fn word(&self, at: usize) -> Option<&'a str> {
        self.field.tokens.get(at).map(|t| t.span.of(self.field.text))
    }

    fn class(&self, at: usize) -> Class {
        self.word(at).map_or(Class::default(), |word| self.lexicon.class(word))
    }

    fn preposition_before(&self) -> bool {
        self.run.tokens.start > self.run.sentence_start
            && matches!(
                self.word(self.run.tokens.start - 1),
                Some("in" | "near" | "at" | "from" | "outside" | "around" | "across")
            )
    }

    /// Lower-case words right before the run that belong to its title ("former").
    fn modifiers_before(&self) -> Option<Span> {
        let start = self.run.tokens.start;
        let from = (self.run.sentence_start..start)
            .rev()
            .take(4)
            .take_while(|&at| self.field.tokens[at].space_after && self.class(at).any(Class::LOWER_MODIFIER))
            .last()?;
        Some(self.field.span_of(from..start))
    }

    /// A role in lower case right before the run: `Some(Some(title))`, or `Some(None)` where it is no title.
    fn role_before(&self, count: usize) -> Option<Option<Span>> {
        let start = self.run.tokens.start;
        let role = start.checked_sub(1).filter(|&at| at >= self.run.sentence_start)?;
        let class = self.class(role);
        if !self.field.tokens[role].space_after
            || !(class.any(Class::SURE_ROLE) || class.any(Class::LOOSE_ROLE) && count >= 2)
        {
            return None;
        }
        let mut from = role;
        while from > self.run.sentence_start && role - from < 5 {
            let before = from - 1;
            let word = self.field.word(before);
            let capital = word.starts_with(char::is_uppercase)
                && self.field.tokens[before].kind == TokenKind::Word
                && !self.lexicon.lower_class(word, &mut String::new()).any(Class::FUNCTION);
            let tail = matches!(word, "'s" | "’s");
            let joined = self.field.tokens[before].space_after;
            if !(joined && (capital || tail || self.class(before).any(Class::LOWER_MODIFIER))
                || capital && self.word(from).is_some_and(|w| matches!(w, "'s" | "’s")))
            {
                break;
            }
            from = before;
        }
        Some(Some(self.field.span_of(from..start)))
    }

    fn age_follows(&self) -> bool {
        let end = self.run.tokens.end;
        let age = |at: usize| {
            self.field.tokens.get(at).is_some_and(|t| t.kind == TokenKind::Number)
                && self.word(at).and_then(|w| w.parse::<u8>().ok()).is_some_and(|age| (1..=115).contains(&age))
        };
        match self.word(end) {
            Some(",") => {
                age(end + 1) && matches!(self.word(end + 2), Some("," | "." | ";" | "and"))
                    || self.word(end + 1) == Some("aged") && age(end + 2)
            }
            Some("(") => age(end + 1) && self.word(end + 2) == Some(")"),
            _ => false,
        }
    }

    fn who_follows(&self) -> bool {
        let end = self.run.tokens.end;
        self.word(end) == Some(",") && self.word(end + 1) == Some("who")
    }

    /// The role that an apposition after the run tells. `count` is how many words the name has.
    fn apposition(&self, count: usize) -> Option<Apposition> {
        let end = self.run.tokens.end;
        if count == 0 || self.word(end) != Some(",") {
            return None;
        }
        let mut start = end + 1;
        // An age may stand between: "Bayo Ogun, 53, a farmer,".
        if self.field.tokens.get(start).is_some_and(|t| t.kind == TokenKind::Number)
            && self.word(start + 1) == Some(",")
        {
            start += 2;
        }
        if matches!(self.word(start), Some("the" | "a" | "an")) {
            start += 1;
        }
        let is_word = |at: usize| self.field.tokens.get(at).is_some_and(|t| t.kind == TokenKind::Word);
        let role = (start..start + MAX_BEFORE_ROLE)
            .take_while(|&at| {
                is_word(at)
                    && !self.class(at).any(Class::SPEECH)
                    && !matches!(self.word(at), Some("and" | "who" | "which" | "of" | "in" | "is" | "was"))
            })
            .filter(|&at| self.class(at).any(Class::SURE_ROLE.or(Class::LOOSE_ROLE)))
            .last()?;
        let sure = self.class(role).any(Class::SURE_ROLE);
        let mut at = role + 1;
        if let Some("of" | "for" | "at" | "in" | "to" | "on" | "with") = self.word(at) {
            while at < start + MAX_APPOSITION && !self.ends(at) {
                let clause = matches!(self.word(at), Some("who" | "was" | "is" | "are" | "were" | "has" | "had"));
                if clause || self.class(at).any(Class::SPEECH) {
                    return None;
                }
                at += 1;
            }
        }
        self.ends(at).then(|| Apposition { span: self.field.span_of(start..at), sure })
    }

    fn ends(&self, at: usize) -> bool {
        matches!(self.word(at), None | Some("," | "." | ";" | ")" | "—" | "–" | "!" | "?"))
    }
}

/// The field that a mention stands in, for ordering.
pub(super) fn position(mention: Mention) -> (Field, u32) {
    (mention.field, mention.span.start)
}
