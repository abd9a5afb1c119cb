//! Tolls that still run: "cholera has killed 620 people since March".
//!
//! Beside a current event such a figure is background; where a story opens with it and with nothing newer, it is the
//! story.

use std::collections::BTreeSet;

use super::figures::Finding;
use super::totals;
use super::{Kind, Status};
use crate::text::Field;

/// Takes the running tolls of a story that opens with nothing else for reported.
pub(super) fn settle(findings: &mut [Finding]) {
    // The opening's own events: who is hurt or dead in them makes every running toll background.
    let own: BTreeSet<Kind> = findings.iter().filter(|f| is_lead(f) && is_own(f)).map(|f| f.figure.kind).collect();
    let violent = own.contains(&Kind::Killed) || own.contains(&Kind::Injured);
    for finding in findings {
        if finding.trace.running && is_lead(finding) && !violent && !own.contains(&finding.figure.kind) {
            finding.figure.status = Status::Reported;
        }
    }
}

/// Whether the figure tells of an event that is now, and of somebody.
fn is_own(finding: &Finding) -> bool {
    !finding.trace.running
        && !matches!(finding.figure.status, Status::Past | Status::Denied)
        && finding.figure.count.as_ref().is_some_and(|count| count.low > 0)
}

fn is_lead(finding: &Finding) -> bool {
    finding.figure.mention.field == Field::Title || finding.figure.sentence < totals::LEAD
}
