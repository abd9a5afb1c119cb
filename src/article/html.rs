//! HTML to plain text, and whether a text is HTML at all.
//!
//! Markup is recognised by the tags and character references that HTML knows: "a < b", "AT&T", "<3" and
//! "<unknown>" are not it. The tokenizer is that of the WHATWG (html5gum); no tree is built, so neither time
//! nor memory depends on nesting.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, State, Tokenizer};

/// `raw` as plain text: itself unless it holds markup.
///
/// - With tags: their text, blocks apart by line breaks, white space collapsed as a browser would; where no
///   tag lays out lines, the line breaks of the source count.
/// - With character references alone: those decoded, all else kept. If that brings forth layout tags, the
///   text had been escaped twice and they are taken as markup.
pub(super) fn to_plain(raw: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr2(b'<', b'&', raw.as_bytes()).is_none() {
        return raw;
    }
    let source = strip_cdata(&raw);
    if let Some(markup) = Markup::of(source) {
        return Cow::Owned(extract(source, markup));
    }
    if !has_reference(source) {
        return raw;
    }
    let decoded = decode(source);
    match Markup::of(&decoded).filter(|markup| markup.lays_out) {
        Some(markup) => Cow::Owned(extract(&decoded, markup)),
        None => Cow::Owned(decoded),
    }
}

/// The content of a text that is one CDATA section, as careless readers of feeds leave it.
fn strip_cdata(text: &str) -> &str {
    let trimmed = text.trim();
    trimmed.strip_prefix("<![CDATA[").and_then(|inner| inner.strip_suffix("]]>")).unwrap_or(text)
}

/// The markup found in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Markup {
    /// Whether some tag lays out lines, so that line breaks of the source mean nothing.
    lays_out: bool,
}

impl Markup {
    /// Looks for tags, comments and doctypes of HTML, in time linear in the text.
    fn of(text: &str) -> Option<Markup> {
        let bytes = text.as_bytes();
        let mut found = None;
        for at in memchr::memchr_iter(b'<', bytes) {
            let tag = &bytes[at + 1..];
            let name = tag.strip_prefix(b"/").unwrap_or(tag);
            let length = name.iter().take(LONGEST_NAME + 1).take_while(|b| b.is_ascii_alphanumeric()).count();
            let element = Element::named(&name[..length]);
            let is_markup = match element {
                Some(_) => closes(&name[length..]),
                None => is_comment(tag) || tag.get(..8).is_some_and(|word| word.eq_ignore_ascii_case(b"!doctype")),
            };
            if is_markup {
                let lays_out = element.is_some_and(|element| matches!(element, Element::Layout(_) | Element::Br));
                found = Some(Markup { lays_out });
                if lays_out {
                    break;
                }
            }
        }
        found
    }
}

/// Whether the tag goes on like one: it ends at once, or has attributes before it ends.
fn closes(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'>' | b'/') => true,
        Some(byte) if byte.is_ascii_whitespace() => {
            // Never past the next "<", so all tags together cost one pass.
            let end = memchr::memchr2(b'<', b'>', rest).filter(|&end| rest[end] == b'>');
            end.is_some_and(|end| {
                let attributes = rest[..end].trim_ascii();
                attributes.is_empty() || attributes == b"/" || attributes.contains(&b'=')
            })
        }
        _ => false,
    }
}

fn is_comment(tag: &[u8]) -> bool {
    tag.starts_with(b"!--") && memchr::memchr(b'>', &tag[..tag.len().min(MAX_COMMENT)]).is_some()
}

/// How far the end of a comment is looked for, when it alone decides whether a text is HTML.
const MAX_COMMENT: usize = 4_096;

/// How many named references are looked up before a text is taken to hold none.
const MAX_LOOKUPS: usize = 64;

/// Whether `text` holds a character reference that HTML knows, with its semicolon.
fn has_reference(text: &str) -> bool {
    const LONGEST_REFERENCE: usize = 32;
    let bytes = text.as_bytes();
    let references = memchr::memchr_iter(b'&', bytes).filter_map(|at| {
        let body = &bytes[at + 1..bytes.len().min(at + 1 + LONGEST_REFERENCE)];
        let end = body.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'#')?;
        (body[end] == b';' && end > 1).then(|| &text[at..at + end + 2])
    });
    references.take(MAX_LOOKUPS).any(|reference| {
        let body = &reference[1..reference.len() - 1];
        match body.strip_prefix('#').map(|number| number.strip_prefix(['x', 'X']).ok_or(number)) {
            Some(Ok(hexadecimal)) => !hexadecimal.is_empty() && hexadecimal.bytes().all(|b| b.is_ascii_hexdigit()),
            Some(Err(decimal)) => decimal.bytes().all(|b| b.is_ascii_digit()),
            None => matches!(body, "amp" | "lt" | "gt" | "quot" | "nbsp") || !decode(reference).ends_with(';'),
        }
    })
}

/// `text` with its character references decoded and everything else kept.
fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        if let CallbackEvent::String { value } = event {
            decoded.extend_from_slice(value);
        }
        None
    });
    let mut tokenizer = Tokenizer::new_with_emitter(text, emitter);
    // In this state there are references but, without an open element, no tags.
    tokenizer.set_state(State::RcData);
    let Ok(()) = tokenizer.finish();
    into_string(decoded)
}

fn extract(source: &str, markup: Markup) -> String {
    let mut extractor = Extractor {
        out: Vec::with_capacity(source.len()),
        keep_lines: !markup.lays_out,
        pending: Break::None,
        skipping: None,
        opening: false,
        preformatted: 0,
    };
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        extractor.handle(&event);
        None
    });
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(source, emitter).finish();
    into_string(extractor.out)
}

/// The tokenizer hands on whole characters, so nothing is lost here.
fn into_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The white space that stands before the next visible character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    None,
    Space,
    Line,
    Paragraph,
}

/// Collects the visible text of a stream of tokens.
struct Extractor {
    out: Vec<u8>,
    keep_lines: bool,
    pending: Break,
    /// The element whose content is being dropped.
    skipping: Option<Hidden>,
    /// Whether the tag being read is the one that started the skipping.
    opening: bool,
    /// How many `pre` elements are open.
    preformatted: usize,
}

impl Extractor {
    fn handle(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::String { value } if self.skipping.is_none() => self.text(value),
            CallbackEvent::OpenStartTag { name } => self.start(name),
            CallbackEvent::CloseStartTag { self_closing } => {
                if self.opening && *self_closing && self.skipping.is_some_and(Hidden::is_foreign) {
                    self.skipping = None;
                }
                self.opening = false;
            }
            CallbackEvent::EndTag { name } => self.end(name),
            _ => {}
        }
    }

    fn start(&mut self, name: &[u8]) {
        let element = Element::named(name);
        // A block ends SVG and MathML that somebody forgot to close, as in a browser.
        if self.skipping.is_some_and(Hidden::is_foreign) && matches!(element, Some(Element::Layout(Break::Paragraph))) {
            self.skipping = None;
        }
        match element {
            _ if self.skipping.is_some() => {}
            Some(Element::Hidden(hidden)) => {
                self.skipping = Some(hidden);
                self.opening = true;
            }
            Some(Element::Br) if self.pending >= Break::Line => self.pending = Break::Paragraph,
            Some(Element::Br) => self.pending = Break::Line,
            Some(Element::Pre) => {
                self.preformatted += 1;
                self.pending = Break::Paragraph;
            }
            Some(Element::Layout(before) | Element::Block(before)) => self.pending = self.pending.max(before),
            Some(Element::Inline) | None => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        match (self.skipping, Element::named(name)) {
            (Some(skipping), Some(Element::Hidden(hidden))) if skipping == hidden => self.skipping = None,
            (None, Some(Element::Pre)) => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.pending = Break::Paragraph;
            }
            (None, Some(Element::Layout(after) | Element::Block(after))) => self.pending = self.pending.max(after),
            _ => {}
        }
    }

    fn text(&mut self, mut value: &[u8]) {
        if self.keep_lines || self.preformatted > 0 {
            if self.pending > Break::None {
                value = value.trim_ascii_start();
            }
            if !value.is_empty() {
                self.flush();
                self.out.extend_from_slice(value);
            }
            return;
        }
        for chunk in value.chunk_by(|a, b| a.is_ascii_whitespace() == b.is_ascii_whitespace()) {
            if chunk[0].is_ascii_whitespace() {
                self.pending = self.pending.max(Break::Space);
            } else {
                self.flush();
                self.out.extend_from_slice(chunk);
            }
        }
    }

    /// Writes the pending white space.
    fn flush(&mut self) {
        let pending = std::mem::replace(&mut self.pending, Break::None);
        if pending >= Break::Line {
            let kept = self.out.trim_ascii_end().len();
            self.out.truncate(kept);
        }
        if !self.out.is_empty() {
            self.out.extend_from_slice(match pending {
                Break::None => b"",
                Break::Space => b" ",
                Break::Line => b"\n",
                Break::Paragraph => b"\n\n",
            });
        }
    }
}

/// An element whose content is not part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Script,
    Style,
    NoScript,
    Iframe,
    NoEmbed,
    NoFrames,
    Template,
    TextArea,
    Title,
    Svg,
    Math,
}

impl Hidden {
    fn is_foreign(self) -> bool {
        matches!(self, Hidden::Svg | Hidden::Math)
    }
}

/// What an element means to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Hidden(Hidden),
    Br,
    Pre,
    /// Stands apart from what is around it, and shows that the author laid out lines by tags.
    Layout(Break),
    /// Stands apart, but is also found in texts whose paragraphs are set by blank lines.
    Block(Break),
    Inline,
}

const LONGEST_NAME: usize = 10;

impl Element {
    /// The element of this name, in any case; `None` for names that HTML does not know.
    fn named(name: &[u8]) -> Option<Element> {
        use Break::{Line, Paragraph, Space};
        if name.is_empty() || name.len() > LONGEST_NAME {
            return None;
        }
        let mut lower = [0; LONGEST_NAME];
        let lower = &mut lower[..name.len()];
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"script" => Element::Hidden(Hidden::Script),
            b"style" => Element::Hidden(Hidden::Style),
            b"noscript" => Element::Hidden(Hidden::NoScript),
            b"iframe" => Element::Hidden(Hidden::Iframe),
            b"noembed" => Element::Hidden(Hidden::NoEmbed),
            b"noframes" => Element::Hidden(Hidden::NoFrames),
            b"template" => Element::Hidden(Hidden::Template),
            b"textarea" => Element::Hidden(Hidden::TextArea),
            b"title" => Element::Hidden(Hidden::Title),
            b"svg" => Element::Hidden(Hidden::Svg),
            b"math" => Element::Hidden(Hidden::Math),
            b"br" => Element::Br,
            b"pre" => Element::Pre,
            b"p" | b"div" | b"article" | b"section" | b"main" | b"table" | b"body" | b"html" => {
                Element::Layout(Paragraph)
            }
            b"li" | b"tr" | b"dt" | b"dd" => Element::Layout(Line),
            b"td" | b"th" => Element::Layout(Space),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"ul" | b"ol" | b"dl" | b"figure"
            | b"header" | b"footer" | b"aside" | b"nav" | b"hr" | b"address" | b"form" | b"fieldset" | b"details"
            | b"center" | b"dialog" | b"hgroup" | b"menu" | b"head" => Element::Block(Paragraph),
            b"figcaption" | b"caption" | b"thead" | b"tbody" | b"tfoot" | b"summary" | b"legend" | b"option"
            | b"optgroup" | b"select" => Element::Block(Line),
            b"a" | b"abbr" | b"acronym" | b"audio" | b"b" | b"base" | b"bdi" | b"bdo" | b"big" | b"button"
            | b"canvas" | b"cite" | b"code" | b"col" | b"colgroup" | b"data" | b"del" | b"dfn" | b"em" | b"embed"
            | b"font" | b"i" | b"img" | b"input" | b"ins" | b"kbd" | b"label" | b"link" | b"mark" | b"meta"
            | b"nobr" | b"object" | b"output" | b"picture" | b"q" | b"s" | b"samp" | b"small" | b"source" | b"span"
            | b"strike" | b"strong" | b"sub" | b"sup" | b"time" | b"track" | b"tt" | b"u" | b"var" | b"video"
            | b"wbr" => Element::Inline,
            _ => return None,
        })
    }
}
