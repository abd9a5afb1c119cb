//! One parser for each kind of value: what comes out cannot be wrong.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use jiff::SignedDuration;

use super::layers::Raw;
use super::problem::{Fault, nearest};

type Parsed<T> = Result<T, Fault>;

/// Kafka's own limit: a topic's partitions are folders, and a folder's name has 255 bytes.
const MAX_TOPIC_CHARS: usize = 249;

fn text<'r>(raw: &'r Raw, expected: &str) -> Parsed<&'r str> {
    match raw {
        Raw::Untyped(text) | Raw::String(text) => Ok(text),
        _ => Err(Fault::new(expected, raw.found())),
    }
}

/// A string that is not blank.
pub(super) fn name(raw: &Raw) -> Parsed<String> {
    const EXPECTED: &str = "a string that is not blank";
    let name = text(raw, EXPECTED)?;
    if name.trim().is_empty() {
        return Err(Fault::new(EXPECTED, format!("{name:?}")).hint("remove the key to leave it unset"));
    }
    Ok(name.to_owned())
}

/// A path that is not empty.
pub(super) fn path(raw: &Raw) -> Parsed<PathBuf> {
    name(raw).map(PathBuf::from)
}

/// A name that Kafka takes for a topic or a static member.
pub(super) fn topic(raw: &Raw) -> Parsed<String> {
    const EXPECTED: &str = "a name of letters, digits, '.', '_' and '-'";
    let topic = text(raw, EXPECTED)?;
    let fault = || Fault::new(EXPECTED, raw.found());
    if topic.is_empty() {
        return Err(fault());
    }
    if let Some(wrong) = topic.chars().find(|c| !c.is_ascii_alphanumeric() && !"._-".contains(*c)) {
        return Err(fault().hint(format!("Kafka does not take {wrong:?}")));
    }
    if topic == "." || topic == ".." {
        return Err(fault().hint("Kafka does not take \".\" and \"..\""));
    }
    if topic.len() > MAX_TOPIC_CHARS {
        let found = format!("{} characters", topic.len());
        return Err(Fault::new(format!("a name of at most {MAX_TOPIC_CHARS} characters"), found));
    }
    Ok(topic.to_owned())
}

/// Bootstrap servers as `host:port`, separated by commas or as a list; normalised to the former.
pub(super) fn brokers(raw: &Raw) -> Parsed<String> {
    const EXPECTED: &str = "brokers as \"host:port\", separated by commas";
    let brokers = strings(raw, EXPECTED)?;
    for broker in &brokers {
        let fault = || Fault::new(EXPECTED, format!("{broker:?}"));
        if broker.contains("://") {
            return Err(fault().hint("leave out the protocol; it is security.protocol of [kafka.client]"));
        }
        let (host, port) =
            broker.rsplit_once(':').ok_or_else(|| fault().hint(format!("add the port: \"{broker}:9092\"")))?;
        let bracketed = host.starts_with('[') && host.ends_with(']');
        if host.contains(':') && !bracketed {
            return Err(fault().hint("an IPv6 address needs brackets: \"[::1]:9092\""));
        }
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(fault().hint("the host is missing or has a blank in it"));
        }
        if port.parse::<u16>().map_or(true, |port| port == 0) {
            return Err(fault().hint("the port is a number from 1 to 65535"));
        }
    }
    Ok(brokers.join(","))
}

/// Names of fields, or JSON pointers (RFC 6901) where they start with a slash.
pub(super) fn fields(raw: &Raw) -> Parsed<Vec<String>> {
    let fields = strings(raw, "a list of field names")?;
    for field in &fields {
        let escapes_right = field.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if field.starts_with('/') && !escapes_right {
            let hint = "in a JSON pointer \"~\" is written \"~0\" and \"/\" in a name \"~1\"";
            return Err(Fault::new("field names or JSON pointers", format!("{field:?}")).hint(hint));
        }
    }
    Ok(fields)
}

/// A list of strings that are not blank: a list, or one string with commas.
fn strings(raw: &Raw, expected: &str) -> Parsed<Vec<String>> {
    let strings: Vec<String> = match raw {
        Raw::Untyped(text) | Raw::String(text) => text.split(',').map(|item| item.trim().to_owned()).collect(),
        Raw::Array(items) => items
            .iter()
            .map(|item| match item {
                Raw::String(text) => Ok(text.clone()),
                _ => Err(Fault::new(expected, format!("{} in the list", item.found()))),
            })
            .collect::<Parsed<_>>()?,
        _ => return Err(Fault::new(expected, raw.found())),
    };
    if strings.is_empty() {
        return Err(Fault::new(expected, raw.found()));
    }
    if strings.iter().any(|item| item.trim().is_empty()) {
        return Err(Fault::new(expected, "a blank one"));
    }
    Ok(strings)
}

/// One of a few words.
pub(super) fn one_of<T: Copy>(choices: &'static [(&'static str, T)]) -> impl Fn(&Raw) -> Parsed<T> {
    move |raw| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let expected = words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" or ");
        let found = text(raw, &expected)?;
        match choices.iter().find(|(word, _)| *word == found) {
            Some((_, choice)) => Ok(*choice),
            None => {
                let fault = Fault::new(expected, raw.found());
                Err(match nearest(found, &words) {
                    Some(nearest) => fault.hint(format!("did you mean {nearest:?}?")),
                    None => fault,
                })
            }
        }
    }
}

/// `true` or `false`.
pub(super) fn boolean(raw: &Raw) -> Parsed<bool> {
    match raw {
        Raw::Boolean(value) => Ok(*value),
        Raw::Untyped(text) if text == "true" => Ok(true),
        Raw::Untyped(text) if text == "false" => Ok(false),
        Raw::String(text) if text == "true" || text == "false" => {
            Err(Fault::new("true or false", raw.found()).hint("remove the quotes"))
        }
        _ => Err(Fault::new("true or false", raw.found())),
    }
}

/// A whole number in a range.
pub(super) fn integer(range: RangeInclusive<usize>) -> impl Fn(&Raw) -> Parsed<usize> {
    move |raw| {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let value = match raw {
            Raw::Integer(value) => *value,
            Raw::Untyped(text) => text.replace('_', "").parse().ok(),
            Raw::String(text) if text.parse::<i128>().is_ok() => {
                return Err(Fault::new(expected, raw.found()).hint("remove the quotes"));
            }
            _ => None,
        };
        value
            .and_then(|value| usize::try_from(value).ok())
            .filter(|value| range.contains(value))
            .ok_or_else(|| Fault::new(expected, raw.found()))
    }
}

/// A share, 0 to 1.
pub(super) fn ratio(raw: &Raw) -> Parsed<f64> {
    let value = match raw {
        Raw::Float(value) => Some(*value),
        Raw::Integer(Some(0)) => Some(0.0),
        Raw::Integer(Some(1)) => Some(1.0),
        Raw::Untyped(text) => text.parse().ok(),
        _ => None,
    };
    value
        .filter(|value| (0.0..=1.0).contains(value))
        .ok_or_else(|| Fault::new("a share from 0 to 1, such as 0.25", raw.found()))
}

/// A duration with its unit, in a range.
pub(super) fn duration(range: RangeInclusive<Duration>) -> impl Fn(&Raw) -> Parsed<Duration> {
    const EXPECTED: &str = "a duration with its unit, such as \"500ms\", \"1s\" or \"2m\"";
    move |raw| {
        if let Some(number) = unitless(raw) {
            let hint = format!("add the unit: \"{number}s\" for seconds, \"{number}ms\" for milliseconds");
            return Err(Fault::new(EXPECTED, raw.found()).hint(hint));
        }
        let value = text(raw, EXPECTED)?
            .trim()
            .parse::<SignedDuration>()
            .ok()
            .and_then(|value| Duration::try_from(value).ok())
            .ok_or_else(|| Fault::new(EXPECTED, raw.found()))?;
        if !range.contains(&value) {
            return Err(Fault::new(format!("a duration from {:?} to {:?}", range.start(), range.end()), raw.found()));
        }
        Ok(value)
    }
}

/// A number of bytes with its unit, in a range.
pub(super) fn size(range: RangeInclusive<ByteSize>) -> impl Fn(&Raw) -> Parsed<usize> {
    const EXPECTED: &str = "a size with its unit, such as \"64KiB\", \"16MiB\" or \"1MB\"";
    move |raw| {
        if let Some(number) = unitless(raw) {
            let hint = format!("add the unit: \"{number}B\" for bytes, \"{number}MiB\" for mebibytes");
            return Err(Fault::new(EXPECTED, raw.found()).hint(hint));
        }
        let value: ByteSize = text(raw, EXPECTED)?.trim().parse().map_err(|_| Fault::new(EXPECTED, raw.found()))?;
        if !range.contains(&value) {
            let expected = format!("a size from {} to {}", range.start().display(), range.end().display());
            return Err(Fault::new(expected, raw.found()));
        }
        usize::try_from(value.as_u64()).map_err(|_| Fault::new(EXPECTED, raw.found()))
    }
}

fn unitless(raw: &Raw) -> Option<String> {
    match raw {
        Raw::Integer(Some(value)) => Some(value.to_string()),
        Raw::Float(value) => Some(value.to_string()),
        Raw::Untyped(text) | Raw::String(text) if text.trim().parse::<f64>().is_ok() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// An address to listen on; without a host every interface, `localhost` the loopback one.
pub(super) fn listen(raw: &Raw) -> Parsed<SocketAddr> {
    const EXPECTED: &str = "an address to listen on, such as \":9464\" or \"127.0.0.1:9464\"";
    let address = text(raw, EXPECTED)?;
    let port = |text: &str| text.parse::<u16>().ok();
    let parsed = match address.rsplit_once(':') {
        Some(("", after)) => port(after).map(|port| (Ipv4Addr::UNSPECIFIED, port).into()),
        Some(("localhost", after)) => port(after).map(|port| (Ipv4Addr::LOCALHOST, port).into()),
        _ => address.parse().ok(),
    };
    parsed.ok_or_else(|| {
        let fault = Fault::new(EXPECTED, raw.found());
        match port(address) {
            Some(_) => fault.hint(format!("write \":{address}\"")),
            None => fault,
        }
    })
}

/// A level, or levels by module, as `tracing` filters them.
pub(super) fn log_filter(raw: &Raw) -> Parsed<String> {
    const EXPECTED: &str = "a level or levels by module, such as \"info\" or \"info,dateline::worker=debug\"";
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let filter = text(raw, EXPECTED)?;
    // A bare word that is no level would be taken for a module and silence everything else.
    for directive in filter.split(',').map(str::trim) {
        let is_level = LEVELS.iter().any(|level| level.eq_ignore_ascii_case(directive));
        if !is_level && !directive.contains(['=', '[']) {
            let fault = Fault::new(EXPECTED, raw.found());
            return Err(match nearest(directive, &LEVELS) {
                Some(level) => fault.hint(format!("did you mean {level:?}?")),
                None => fault.hint("the levels are off, error, warn, info, debug and trace"),
            });
        }
    }
    tracing_subscriber::EnvFilter::builder()
        .parse(filter)
        .map_err(|error| Fault::new(EXPECTED, raw.found()).hint(error.to_string()))?;
    Ok(filter.to_owned())
}
