//! Dead letters: a record that could not be read or enriched, with its original bytes, key and headers, and
//! headers that say why and where from, in the manner of Kafka Connect and KIP-1034.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rdkafka::message::{BorrowedHeaders, Header, Headers, Message, OwnedHeaders};

use super::pipeline::Death;
use super::topics::record_bytes;
use crate::enrich::VERSION;

/// What the names of all our headers begin with.
pub(crate) const PREFIX: &str = "__dateline.errors.";
/// The input topic.
pub(crate) const TOPIC: &str = "__dateline.errors.topic";
/// The input partition.
pub(crate) const PARTITION: &str = "__dateline.errors.partition";
/// The offset in the input partition.
pub(crate) const OFFSET: &str = "__dateline.errors.offset";
/// The record's timestamp, in milliseconds since 1970.
pub(crate) const TIMESTAMP: &str = "__dateline.errors.timestamp";
/// A short, stable code ([`Death::reason`]).
pub(crate) const REASON: &str = "__dateline.errors.reason";
/// The same for people.
pub(crate) const MESSAGE: &str = "__dateline.errors.message";
/// The version of dateline that gave up.
pub(crate) const VERSION_HEADER: &str = "__dateline.errors.version";
/// How often the record was tried: 1, and one more after each replay.
pub(crate) const ATTEMPTS: &str = "__dateline.errors.attempts";
/// Only where the payload was left out because the topic does not take it: its size.
pub(crate) const OMITTED_BYTES: &str = "__dateline.errors.omitted_bytes";

/// A message longer than this is cut: headers count towards the record's size.
const MAX_MESSAGE_CHARS: usize = 500;

/// A dead letter, ready to be produced.
pub(super) struct DeadLetter<'r> {
    pub(super) key: Option<&'r [u8]>,
    pub(super) payload: Option<&'r [u8]>,
    pub(super) headers: OwnedHeaders,
}

impl<'r> DeadLetter<'r> {
    /// The dead letter for `record`. Where the dead-letter topic does not take the whole, it is a reference:
    /// the headers with the origin and the size, without payload, and without key where even that is too much.
    pub(super) fn new<M: Message<Headers = BorrowedHeaders>>(
        record: &'r M,
        death: &Death,
        max_bytes: usize,
    ) -> DeadLetter<'r> {
        let original = OriginalHeaders::of(record.headers());
        let origin = origin(record, death, original.attempts + 1);
        let (key, payload) = (record.key(), record.payload());
        let origin_sizes = || origin.iter().map(|(name, value)| (*name, value.len()));
        let whole = record_bytes(key, payload, origin_sizes()) + original.bytes;
        if whole <= max_bytes {
            return DeadLetter { key, payload, headers: insert(original.kept, &origin) };
        }
        let mut headers = insert(OwnedHeaders::new(), &origin);
        let omitted = payload.map_or(0, <[u8]>::len).to_string();
        headers = headers.insert(Header { key: OMITTED_BYTES, value: Some(&omitted) });
        let reference =
            record_bytes(key, None, origin_sizes()) + record_bytes(None, None, [(OMITTED_BYTES, 20)].into_iter());
        DeadLetter { key: key.filter(|_| reference <= max_bytes), payload: None, headers }
    }
}

fn insert(headers: OwnedHeaders, more: &[(&'static str, String)]) -> OwnedHeaders {
    more.iter().fold(headers, |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
}

fn origin<M: Message>(record: &M, death: &Death, attempts: u64) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        (TOPIC, record.topic().to_owned()),
        (PARTITION, record.partition().to_string()),
        (OFFSET, record.offset().to_string()),
        (REASON, death.reason().to_owned()),
        (MESSAGE, death.to_string().chars().take(MAX_MESSAGE_CHARS).collect()),
        (VERSION_HEADER, VERSION.to_owned()),
        (ATTEMPTS, attempts.to_string()),
    ];
    if let Some(timestamp) = record.timestamp().to_millis() {
        headers.push((TIMESTAMP, timestamp.to_string()));
    }
    headers
}

/// The headers that a record came with, less those of an earlier death.
struct OriginalHeaders {
    kept: OwnedHeaders,
    /// What they count towards the record's size.
    bytes: usize,
    /// How often the record was tried before.
    attempts: u64,
}

impl OriginalHeaders {
    fn of(headers: Option<&BorrowedHeaders>) -> OriginalHeaders {
        let Some(headers) = headers else {
            return OriginalHeaders { kept: OwnedHeaders::new(), bytes: 0, attempts: 0 };
        };
        // rdkafka 0.39 panics on a header whose name is no UTF-8 when it is looked at, but not when the
        // headers are copied as a whole; a poisonous record must not end the loop.
        catch_unwind(AssertUnwindSafe(|| OriginalHeaders::read(headers))).unwrap_or_else(|_| {
            let kept = headers.detach();
            let bytes = 1024 * headers.count();
            OriginalHeaders { kept, bytes, attempts: 0 }
        })
    }

    fn read(headers: &BorrowedHeaders) -> OriginalHeaders {
        let mut original =
            OriginalHeaders { kept: OwnedHeaders::new_with_capacity(headers.count() + 8), bytes: 0, attempts: 0 };
        for header in headers.iter() {
            if header.key.starts_with(PREFIX) {
                if header.key == ATTEMPTS {
                    let value = header.value.and_then(|v| std::str::from_utf8(v).ok());
                    original.attempts = value.and_then(|v| v.parse().ok()).unwrap_or(0);
                }
                continue;
            }
            original.bytes += header_bytes(&header);
            original.kept = original.kept.insert(header);
        }
        original
    }
}

/// What one header counts towards its record's size.
fn header_bytes(header: &Header<'_, &[u8]>) -> usize {
    let with = record_bytes(None, None, [(header.key, header.value.map_or(0, <[u8]>::len))].into_iter());
    with - record_bytes(None, None, std::iter::empty())
}

/// What the headers of a record count towards its size, as they are passed through.
pub(super) fn headers_bytes(headers: Option<&BorrowedHeaders>) -> usize {
    headers.map_or(0, |headers| {
        catch_unwind(AssertUnwindSafe(|| headers.iter().map(|h| header_bytes(&h)).sum()))
            .unwrap_or_else(|_| 1024 * headers.count())
    })
}
