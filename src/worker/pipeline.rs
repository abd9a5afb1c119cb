//! What happens to one record: bytes in, bytes or a death out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::article::{self, Rejection};
use crate::enrich::{Enricher, Stamp};

/// Why a record is published to the dead-letter topic instead of the output topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Death {
    /// It is no article.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Enriching it panicked: a bug, which costs this record only.
    #[error("enriching the article panicked: {message}")]
    Panicked {
        /// What the panic said.
        message: String,
    },
    /// The enriched article does not fit the output topic.
    #[error(
        "the enriched article takes {bytes} bytes and the output topic takes {max_bytes}: raise max.message.bytes of the topic"
    )]
    OutputTooLarge {
        /// The record's size, key and headers included.
        bytes: usize,
        /// What the topic takes.
        max_bytes: usize,
    },
}

impl Death {
    /// A short, stable code for headers, logs and metrics.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Death::Rejected(rejection) => rejection.reason(),
            Death::Panicked { .. } => "panic",
            Death::OutputTooLarge { .. } => "output_too_large",
        }
    }
}

/// Turns the payload of one record into the payload to publish. Called from many threads at once.
pub trait Process: Sync {
    /// Appends the payload to publish to `out`.
    ///
    /// # Errors
    /// A [`Death`] where nothing is to be published; what `out` holds then is ignored.
    fn process(&self, payload: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Death>;
}

/// Reads an article, enriches it and writes it as JSON.
#[derive(Debug)]
pub struct Pipeline {
    /// From bytes to an article.
    pub reader: article::Reader,
    /// From an article to an enriched one.
    pub enricher: Enricher,
}

impl Process for Pipeline {
    fn process(&self, payload: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Death> {
        // The state that a panic could leave half-changed is `out`, which the caller then ignores.
        catch_unwind(AssertUnwindSafe(|| {
            let started = Instant::now();
            let article = self.reader.read(payload)?;
            let stamp = || Stamp {
                processed_at: jiff::Timestamp::now().to_string(),
                duration_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            };
            self.enricher.enrich(&article, stamp, |enriched| serde_json::to_writer(&mut *out, enriched)).map_err(|e| {
                // Writing to memory cannot fail and every map's keys are strings: this is a bug, told as one.
                Death::Panicked { message: e.to_string() }
            })
        }))
        .unwrap_or_else(|panic| Err(Death::Panicked { message: panic_message(panic.as_ref()) }))
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
