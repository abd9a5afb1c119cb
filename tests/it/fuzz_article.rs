//! Hostile input: whatever the bytes, the reader makes a clean article or says why not, in linear time.
//!
//! Deterministic: every input follows from its seed, which a failure prints.

use std::time::{Duration, Instant};

use dateline::article::{Limits, Reader};
use dateline::text::offsets::Offsets;
use dateline::text::{Document, language};

use crate::cases_text::mapping;

const INPUTS: u64 = if cfg!(debug_assertions) { 10_000 } else { 100_000 };
const MAX_BYTES: usize = 16 << 20;

fn reader() -> Reader {
    Reader::new(mapping(), Limits { max_bytes: MAX_BYTES, max_depth: 64, max_text_chars: MAX_BYTES })
}

/// Holds what `reader` makes of `payload` against its promises, through tokens and sentences.
fn check(reader: &Reader, payload: &[u8]) {
    let article = match reader.read(Some(payload)) {
        Ok(article) => article,
        Err(rejection) => {
            assert!(!rejection.reason().is_empty() && !rejection.to_string().is_empty());
            return;
        }
    };
    assert!(!article.id.is_empty());
    assert!(!article.text.trim().is_empty(), "a blank text");
    for text in [Some(&article.text), article.title.as_ref()].into_iter().flatten() {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "a control character in {text:?}");
    }
    assert!(!article.title.as_ref().is_some_and(|title| title.contains('\n')), "a title of two lines");

    let document = Document::parse(article.title.as_deref(), &article.text);
    for (_, field) in document.fields() {
        let offsets = Offsets::new(field.text);
        assert_eq!(offsets.scalars(field.text.len() as u32) as usize, field.text.chars().count());
        let mut end = 0;
        for token in &field.tokens {
            assert!(token.span.start >= end && !token.span.is_empty(), "tokens overlap");
            assert!(field.text[end as usize..token.span.start as usize].chars().all(|c| !c.is_alphanumeric()));
            assert!(field.text.is_char_boundary(token.span.end as usize));
            end = token.span.end;
        }
        let mut next = 0;
        for sentence in &field.sentences {
            assert!(sentence.start == next && sentence.end > next, "sentences leave a gap");
            next = sentence.end;
        }
        assert_eq!(next as usize, field.tokens.len(), "tokens in no sentence");
    }
    let _ = language::detect(&article.text);
}

/// What the mutations start from and splice in.
const SEEDS: &[&str] = &[
    r#"{"id": "1", "title": "Bus falls &amp; burns", "text": "At least 12 people died in \"Mir Ali\", police said.\nMr. J. Smith (50) didn't comment. U.S. troops left at 5 p.m. It was over...", "published_at": "2025-02-18T09:30:00Z"}"#,
    r#"{"text": "<html><head><title>T</title></head><body><p class=\"a\">Twelve <b>died</b>&nbsp;&#8212; <a href='x'>more</a><br/><script>x<y</script><!-- c --><pre>a\n b</pre><svg><p>x</svg></body>"}"#,
    r#"{"article": {"body": "Nested \ud83d\ude91 text \ud83d \u0000\u0085 \u202e"}, "_id": {"$oid": 7}, "published_at": 1739871000.5, "x": [1, {"y": [null, true, 1e999]}]}"#,
    "\"Een kale tekst. Die Ordnung muss sein! 少なくとも12人が死亡した。 हिन्दी। لقي 12\"",
    "\u{FEFF}{\"body\": \"&lt;p&gt;escaped &amp;amp; twice&lt;/p&gt; https://example.com/a?b www.x.y/z a.b@c.d N$15 000 80–83 O'Brien's ‘x’ “y”\"}",
];

const SPLICES: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b";",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\\u",
    b"\\ud800",
    b"\\udfff",
    b"\\u0000",
    b"&#",
    b"&#x110000;",
    b"&amp",
    b"&notin;",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<script>",
    b"</script>",
    b"<p ",
    b"<a href=\\\"",
    b"<plaintext>",
    b"<pre>",
    b"<svg/>",
    b"<!DOCTYPE",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\x99s",
    b"'",
    b"n't",
    b".",
    b"...",
    b"U.S.",
    b"Mr.",
    b"\n",
    b"\\n\\n",
    b"\\r",
    b"\t",
    b"\0",
    b"null",
    b"1e999",
    b"\xe2\x80\x8d",
    b"\xcc\x81",
    b"://",
    b"-",
];

/// Half of the payloads are broken JSON, or UTF-8; the other half are sound, around broken texts.
fn payload(random: &mut fastrand::Rng) -> Vec<u8> {
    let seed = SEEDS[random.usize(..SEEDS.len())].as_bytes();
    let mutant = mutate(seed, random);
    if random.bool() {
        return mutant;
    }
    let text = String::from_utf8_lossy(&mutant);
    let title = String::from_utf8_lossy(&mutant[..mutant.len().min(40)]);
    serde_json::json!({ "text": text, "title": title }).to_string().into_bytes()
}

fn mutate(seed: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..12) {
        let at = random.usize(..=bytes.len());
        match random.u8(..8) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = random.u8(..),
            2 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
            3 if at < bytes.len() => {
                let end = (at + random.usize(1..20)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let splice = SPLICES[random.usize(..SPLICES.len())].repeat(random.usize(1..40));
                bytes.splice(at..at, splice);
            }
            5 => {
                let end = (at + random.usize(0..60)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = random.usize(..=bytes.len());
                bytes.splice(to..to, copy);
            }
            _ => {
                bytes.splice(at..at, SPLICES[random.usize(..SPLICES.len())].iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn mutated_payloads_are_articles_or_reasoned_rejections() {
    let reader = reader();
    let mut articles = 0_u64;
    for seed in 0..INPUTS {
        let payload = payload(&mut fastrand::Rng::with_seed(seed));
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&reader, &payload)));
        assert!(checked.is_ok(), "seed {seed}: {:?}", String::from_utf8_lossy(&payload));
        articles += u64::from(reader.read(Some(&payload)).is_ok());
    }
    // Were nearly all of them rejected or nearly none, the mutations would test little.
    assert!((INPUTS / 10..INPUTS * 9 / 10).contains(&articles), "{articles} articles of {INPUTS}");
}

/// Payloads of about `bytes` bytes, each of a shape that is known to ruin careless parsers.
fn hostile(bytes: usize) -> Vec<(&'static str, Vec<u8>)> {
    let fill = |unit: &str| unit.repeat(bytes / unit.len());
    let text = |inner: String| format!("{{\"text\": \"x {inner}\"}}").into_bytes();
    vec![
        ("one letter", text(fill("a"))),
        ("words", text(fill("It fell. "))),
        ("no space after stops", text(fill("It.fell."))),
        ("stops", text(fill("."))),
        ("initials", text(fill("A."))),
        ("apostrophes", text(fill("n't'"))),
        ("quotes", text(fill("\\\" ”"))),
        ("closing marks", text(fill(".)"))),
        ("white space", text(fill(" \\t"))),
        ("newlines", text(fill("\\n"))),
        ("short lines", text(fill("ab\\n"))),
        ("combining marks", text(fill("\u{301}"))),
        ("emoji joined", text(fill("🚑\u{200D}"))),
        ("addresses", text(fill("http://"))),
        ("web address", text(format!("www.{}", fill("/?.,")))),
        ("controls", text(fill("\\u0001"))),
        ("half surrogates", text(fill("\\ud800"))),
        ("backslashes", text(fill("\\\\"))),
        ("open tags", text(fill("<b>"))),
        ("nested blocks", text(fill("<div>"))),
        ("nested blocks with text", text(fill("<p>a "))),
        ("unclosed tags", text(fill("<p "))),
        ("angle brackets", text(fill("<"))),
        ("a tag without end", text(format!("<p>a<a {}", fill("b=c ")))),
        ("an attribute without end", text(format!("<p>a<a b='{}", fill("c")))),
        ("comments", text(fill("<!--"))),
        ("comment without end", text(format!("<p>a<!--{}", fill("-")))),
        ("scripts", text(format!("<p>a{}", fill("<script>")))),
        ("script without end", text(format!("<p>a<script>{}", fill("</scrip")))),
        ("escaped scripts", text(format!("<p>a<script><!--{}", fill("<script></script")))),
        ("preformatted", text(fill("<pre>a \\n</pre>"))),
        ("drawings", text(fill("<svg><p>a"))),
        ("doctypes", text(fill("<!DOCTYPE "))),
        ("CDATA", text(fill("<![CDATA["))),
        ("references", text(fill("&amp;"))),
        ("references without end", text(fill("&am"))),
        ("unknown references", text(fill("&zzzz;"))),
        ("long references", text(fill("&CounterClockwiseContourIntegral;"))),
        ("numeric references", text(fill("&#x41;"))),
        ("ampersands", text(fill("&"))),
        ("escaped twice", text(fill("&lt;p&gt;a "))),
        ("nested arrays", fill("[").into_bytes()),
        ("nested objects", fill("{\"a\":").into_bytes()),
        ("many members", format!("{{{}\"text\":\"a\"}}", fill("\"a\":1,")).into_bytes()),
        ("long array", format!("{{\"text\":\"a\",\"b\":[{}1]}}", fill("1,")).into_bytes()),
        ("unended string", format!("{{\"text\": \"{}", fill("a\\\"")).into_bytes()),
        (
            "digits",
            format!("{{\"text\":\"a\",\"id\":{},\"published_at\":\"{}\"}}", fill("9"), "9".repeat(99)).into_bytes(),
        ),
        ("broken UTF-8 at the end", [fill("a").as_bytes(), b"\xff"].concat()),
        ("zeros", vec![0; bytes]),
    ]
}

/// The best of three: what else the machine does can only slow a run down.
fn time(reader: &Reader, payload: &[u8]) -> Duration {
    let run = || {
        let start = Instant::now();
        check(reader, payload);
        start.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap_or_default()
}

#[test]
fn time_is_linear_in_the_size_of_hostile_input() {
    const FACTOR: usize = 8;
    // Quadratic time would show as 64.
    const MAX_RATIO: u32 = 24;
    // Below this a measurement is noise.
    const FLOOR: Duration = Duration::from_millis(2);
    const ATTEMPTS: usize = 5;
    let small_bytes = if cfg!(debug_assertions) { 32 << 10 } else { 256 << 10 };
    let reader = reader();
    let large = hostile(small_bytes * FACTOR);
    for ((name, small), (_, large)) in hostile(small_bytes).into_iter().zip(large) {
        // A busy machine can spoil one measurement, quadratic time spoils them all.
        let is_linear = (0..ATTEMPTS).any(|_| {
            let (small, large) = (time(&reader, &small), time(&reader, &large));
            let is_linear = large < small.max(FLOOR) * MAX_RATIO;
            if !is_linear {
                println!("{name}: {small:?}, and {large:?} for {FACTOR} times as much");
            }
            is_linear
        });
        assert!(is_linear, "{name}: more than {MAX_RATIO} times as long for {FACTOR} times as much");
    }
}

#[test]
fn ten_megabytes_are_read() {
    let reader = reader();
    let megabytes = 10 << 20;
    for (name, payload) in
        hostile(megabytes).into_iter().filter(|(name, _)| matches!(*name, "words" | "nested blocks with text"))
    {
        let article = reader.read(Some(&payload)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(article.text.len() > megabytes / 4, "{name}: {}", article.text.len());
    }
}
