//! [`Scratches`]: working memory that threads take turns with.

use std::sync::{Mutex, PoisonError};

use super::{Pipeline, Scratch};

/// Scratches at rest. A thread takes one for as long as a text takes, and what the scratch has learnt of words
/// is there for the next; there are never more of them than threads that label at once.
#[derive(Debug, Default)]
pub struct Scratches {
    idle: Mutex<Vec<Scratch>>,
}

impl Scratches {
    /// Calls `work` with a scratch of `pipeline`, which must be the same at every call. A scratch that `work`
    /// panics with is let go.
    pub fn with<T>(&self, pipeline: &Pipeline, work: impl FnOnce(&mut Scratch) -> T) -> T {
        // The lock is held for a push or a pop, which leave the list whole if they panic.
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scratch = idle.unwrap_or_else(|| pipeline.scratch());
        let result = work(&mut scratch);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        result
    }
}
