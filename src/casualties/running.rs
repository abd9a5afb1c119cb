//! Tolls that still run: "cholera has killed 620 people since March".
//!
//! Beside a current event such a figure is background; where a story opens with it and with nothing newer, it is the
//! story.

use super::figures::Finding;
use super::totals;
use super::{Kind, Status};
use crate::text::Field;

/// Takes the running tolls of a story that opens with nothing else for reported.
pub(super) fn settle(findings: &mut [Finding]) {
    for at in 0..findings.len() {
        if is_lead(&findings[at]) && findings[at].trace.running && !has_newer(findings, findings[at].figure.kind) {
            findings[at].figure.status = Status::Reported;
        }
    }
}

fn is_lead(finding: &Finding) -> bool {
    finding.figure.mention.field == Field::Title || finding.figure.sentence < totals::LEAD
}

/// Whether the opening tells of somebody dead, or of anybody hurt in this way, in an event of its own.
fn has_newer(findings: &[Finding], kind: Kind) -> bool {
    findings.iter().filter(|f| is_lead(f) && !f.trace.running).any(|f| {
        matches!(f.figure.kind, Kind::Killed | Kind::Injured) | (f.figure.kind == kind)
            && !matches!(f.figure.status, Status::Past | Status::Denied)
            && f.figure.count.as_ref().is_some_and(|count| count.low > 0)
    })
}
