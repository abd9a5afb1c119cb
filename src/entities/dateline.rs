//! The dateline at the head of a dispatch, by its form: "RIYADH (Reuters) —", "NAIROBI, Kenya (AP) -", "PARIS:".
//!
//! Whether the place exists is not decided here.

use std::ops::Range;

use crate::text::{TextField, TokenKind};

/// How many tokens a dateline may take.
const MAX_TOKENS: usize = 24;

/// The dateline of a body, as ranges of its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dateline {
    /// The place.
    pub(crate) place: Range<usize>,
    /// What it lies in, where the dateline tells.
    pub(crate) container: Option<Range<usize>>,
    /// Who sent the dispatch.
    pub(crate) agency: Option<Range<usize>>,
    /// The first token of the text proper.
    pub(crate) end: usize,
}

/// The dateline of `body`; `None` where it has none.
///
/// It is one where the place is in capitals or an agency in brackets follows, and a colon or dash ends it.
pub(crate) fn find(body: &TextField<'_>) -> Option<Dateline> {
    let is = |at: usize, marks: &[&str]| at < body.tokens.len() && marks.contains(&body.word(at));
    let place = capitalised(body, 0)?;
    let in_capitals = place.clone().all(|at| is_all_capitals(body.word(at)));
    let mut at = place.end;
    let mut container = None;
    let mut agency = None;
    while at < body.tokens.len().min(MAX_TOKENS) {
        if is(at, &[":", "-", "--", "—", "–"]) {
            let colon_alone = body.word(at) == ":" || body.tokens[at - 1].space_after;
            let told = in_capitals && (body.word(place.start).len() > 2 || place.len() > 1) || agency.is_some();
            return (told && colon_alone).then_some(Dateline { place, container, agency, end: at + 1 });
        } else if is(at, &["("]) && agency.is_none() {
            let close = (at + 1..body.tokens.len().min(at + 6)).find(|&close| body.word(close) == ")")?;
            agency = Some(at + 1..close);
            at = close + 1;
        } else if is(at, &[",", "/"]) {
            at += 1;
            if let Some(name) = capitalised(body, at) {
                at = name.end;
                container = container.or(Some(name));
            }
        } else if body.tokens[at].kind == TokenKind::Number {
            at += 1;
        } else {
            return None;
        }
    }
    None
}

/// The words from `at` that begin with a capital: one to four.
fn capitalised(body: &TextField<'_>, at: usize) -> Option<Range<usize>> {
    let is_word = |&at: &usize| {
        body.tokens[at].kind == TokenKind::Word && body.word(at).chars().next().is_some_and(char::is_uppercase)
    };
    let end = (at..body.tokens.len().min(at + 5)).take_while(is_word).last()? + 1;
    (end - at <= 4).then_some(at..end)
}

fn is_all_capitals(word: &str) -> bool {
    !word.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, Option<String>, Option<String>)> {
        let body = TextField::parse(text);
        let found = find(&body)?;
        let words = |range: Range<usize>| body.span_of(range).of(text).to_owned();
        Some((words(found.place), found.container.map(words), found.agency.map(words)))
    }

    #[test]
    fn the_forms_of_agencies_and_papers_are_datelines() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("RIYADH (Reuters) — Talks began."), Some(("RIYADH".into(), None, some("Reuters"))));
        assert_eq!(parts("RIYADH: Talks began."), Some(("RIYADH".into(), None, None)));
        assert_eq!(parts("NAIROBI, Kenya (AP) - Police said."), Some(("NAIROBI".into(), some("Kenya"), some("AP"))));
        assert_eq!(
            parts("Port Harcourt, Nigeria, March 3 (Xinhua) -- Police said."),
            Some(("Port Harcourt".into(), some("Nigeria"), some("Xinhua")))
        );
    }

    #[test]
    fn other_beginnings_are_not() {
        for text in [
            "",
            "Riyadh",
            "Talks began: both sides came.",
            "US-Russia talks began.",
            "RIYADH is hot.",
            "Mr Lavrov - a diplomat - left.",
            "LED BY the minister, talks began (again) - at last.",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
