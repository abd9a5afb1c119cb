//! The kinds of failure, and which kind an error of librdkafka is.
//!
//! An article's own failure is no failure of the worker: it is a [`Death`](super::Death). The rest is either
//! passing (the transaction is aborted, tried again), uncertain (the broker must be asked what became of
//! it), lost (the partitions belong to somebody else now) or fatal (the process ends, the orchestrator
//! restarts it, and it resumes from the committed offsets).

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::limits::LimitExceeded;

/// Why a batch was not committed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The transaction was aborted: seek back, wait, try again.
    Passing(String),
    /// Nobody here knows whether the transaction was committed: the producer is made anew, which ends it
    /// either way, and the committed offsets tell.
    Uncertain(String),
    /// The group gave the partitions to somebody else, who reads the records again: forget the batch.
    Lost(String),
    /// The process must end.
    Fatal(Fatal),
}

/// Why the worker must stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fatal {
    /// Another producer took over the transactional id.
    #[error(
        "fenced: another worker uses the transactional id `{transactional_id}` ({detail}); \
         give each live worker its own kafka.transactional_id or kafka.group_instance_id"
    )]
    Fenced {
        /// The id.
        transactional_id: String,
        /// What librdkafka said.
        detail: String,
    },
    /// Another consumer took over the group instance id.
    #[error("fenced: another worker uses the same kafka.group_instance_id ({0}); give each live worker its own")]
    InstanceFenced(String),
    /// The broker does not let us.
    #[error("not permitted: {0}; grant the rights that `dateline check` lists")]
    NotPermitted(String),
    /// A topic is gone.
    #[error("topic `{topic}` does not exist: create it, or correct [kafka] in the configuration ({detail})")]
    TopicMissing {
        /// Its name.
        topic: String,
        /// What librdkafka said.
        detail: String,
    },
    /// Too much of the input dies.
    #[error(transparent)]
    TooManyDeadLetters(#[from] LimitExceeded),
    /// The broker cannot be reached.
    #[error("no broker at {brokers} answers ({detail}): check kafka.brokers, and that the broker runs")]
    Unreachable {
        /// The bootstrap servers.
        brokers: String,
        /// What librdkafka said.
        detail: String,
    },
    /// The broker answers, and does not let us in.
    #[error(
        "the brokers at {brokers} refuse us ({detail}): check security.protocol, sasl.* and ssl.* under [kafka.client]"
    )]
    Refused {
        /// The bootstrap servers.
        brokers: String,
        /// What librdkafka said.
        detail: String,
    },
    /// Anything that librdkafka calls fatal, or that we cannot recover from here.
    #[error("{0}")]
    Client(String),
}

impl From<Fatal> for Failure {
    fn from(fatal: Fatal) -> Failure {
        Failure::Fatal(fatal)
    }
}

/// The step of a transaction that failed: the same error can mean another thing in another step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Producing, or waiting for the broker's acknowledgements.
    Produce,
    /// Adding the offsets.
    SendOffsets,
    /// Ending the transaction.
    Commit,
}

/// What to do about an error of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same call again: it goes on where it was.
    CallAgain,
    /// Abort; then the batch is tried again.
    Abort,
    /// Abort; the batch is somebody else's.
    AbortAndForget,
    /// Ask the broker.
    Uncertain,
    /// Another producer has our transactional id, or our own transaction outlived its time-out.
    Fenced,
    /// Another consumer has our group instance id.
    InstanceFenced,
    /// Missing rights.
    NotPermitted,
    /// A topic is gone.
    TopicMissing,
    /// Nothing to be done here.
    Fatal,
}

/// Flags of an error, as librdkafka sets them on transactional calls.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) fatal: bool,
    pub(super) retriable: bool,
    pub(super) requires_abort: bool,
}

impl Flags {
    pub(super) fn of(error: &KafkaError) -> Flags {
        match error {
            KafkaError::Transaction(e) => {
                Flags { fatal: e.is_fatal(), retriable: e.is_retriable(), requires_abort: e.txn_requires_abort() }
            }
            _ => Flags::default(),
        }
    }
}

/// Judges an error: first what it says, then what librdkafka thinks of it.
pub(super) fn judge(step: Step, code: Option<RDKafkaErrorCode>, flags: Flags) -> Verdict {
    use RDKafkaErrorCode as Code;
    match code {
        Some(Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch) => Verdict::Fenced,
        Some(Code::FencedInstanceId) => Verdict::InstanceFenced,
        Some(
            Code::TopicAuthorizationFailed
            | Code::GroupAuthorizationFailed
            | Code::TransactionalIdAuthorizationFailed
            | Code::ClusterAuthorizationFailed,
        ) => Verdict::NotPermitted,
        Some(Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition) => Verdict::TopicMissing,
        Some(Code::IllegalGeneration | Code::UnknownMemberId | Code::RebalanceInProgress | Code::StaleMemberEpoch) => {
            Verdict::AbortAndForget
        }
        _ if flags.fatal => Verdict::Fatal,
        _ if flags.requires_abort => Verdict::Abort,
        _ if flags.retriable => Verdict::CallAgain,
        _ if step == Step::Produce => Verdict::Abort,
        _ => Verdict::Uncertain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RDKafkaErrorCode as Code;

    #[test]
    fn each_kind_of_error_gets_its_verdict() {
        let retriable = Flags { retriable: true, ..Flags::default() };
        let abort = Flags { requires_abort: true, ..Flags::default() };
        let fatal = Flags { fatal: true, ..Flags::default() };
        for (step, code, flags, verdict) in [
            (Step::Commit, Some(Code::OperationTimedOut), retriable, Verdict::CallAgain),
            (Step::Commit, Some(Code::OperationTimedOut), Flags::default(), Verdict::Uncertain),
            (Step::Commit, Some(Code::MessageTimedOut), abort, Verdict::Abort),
            (Step::Commit, Some(Code::Fenced), fatal, Verdict::Fenced),
            (Step::Commit, Some(Code::CriticalSystemResource), fatal, Verdict::Fatal),
            (Step::SendOffsets, Some(Code::IllegalGeneration), abort, Verdict::AbortAndForget),
            (Step::SendOffsets, Some(Code::UnknownMemberId), abort, Verdict::AbortAndForget),
            (Step::SendOffsets, Some(Code::FencedInstanceId), abort, Verdict::InstanceFenced),
            (Step::SendOffsets, Some(Code::GroupAuthorizationFailed), abort, Verdict::NotPermitted),
            (Step::Produce, Some(Code::UnknownTopicOrPartition), Flags::default(), Verdict::TopicMissing),
            (Step::Produce, Some(Code::MessageTimedOut), Flags::default(), Verdict::Abort),
            (Step::Produce, None, Flags::default(), Verdict::Abort),
        ] {
            assert_eq!(judge(step, code, flags), verdict, "{step:?} {code:?} {flags:?}");
        }
    }
}
