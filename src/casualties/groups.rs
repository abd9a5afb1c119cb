//! Groups: the sightings of one event as far as the article has been read, seen again, updated or added to.

use std::collections::BTreeSet;

use super::Total;
use super::sightings::Sighting;

/// One event's total as far as the article has been read.
#[derive(Debug)]
pub(super) struct Group {
    pub sighting: Sighting,
    /// The number before anything was added as "another" or "also".
    pub base: u64,
    /// Numbers that were added as "another" or "others": told again, they do not add again.
    pub added: BTreeSet<u64>,
    /// The smaller numbers told after it, which may be parts of it or beside it: their sum and the greatest.
    pub smaller: (u64, u64),
}

impl Group {
    pub(super) fn new(sighting: Sighting) -> Group {
        let added = if sighting.more { BTreeSet::from([sighting.best]) } else { BTreeSet::new() };
        Group { base: sighting.best, smaller: (0, 0), added, sighting }
    }

    /// Takes in what a later sentence says.
    pub(super) fn see(&mut self, later: Sighting, among_many: Option<u64>) {
        let (best, low) = (self.sighting.best, later.best);
        self.take_in(later, among_many);
        if self.sighting.best != best && self.sighting.best != best.saturating_add(low) {
            self.smaller = (0, 0);
            self.base = self.sighting.best;
        }
    }

    pub(super) fn take_in(&mut self, later: Sighting, among_many: Option<u64>) {
        let now = &mut self.sighting;
        // "A killed a man ... a guard was also killed": one beside one.
        let also = among_many.is_none() && later.also && !later.weak && !now.toll && now.best > 0 && later.best > 0;
        if also && now.best == 1 && later.best == 1 && !self.added.contains(&1) {
            self.added.insert(1);
            now.weak = false;
            now.add(later);
        } else if also && later.lead && !self.added.contains(&later.best) {
            // "Four ratings were killed. Two militants also died."
            self.added.insert(later.best);
            now.add(later);
        } else if later.only_ended && later.lead && now.acted && !now.ended && !now.toll && now.best > 0 && !now.weak {
            // "He killed two men. Then he killed himself."
            now.high = now.high.map(|high| high.max(now.best.saturating_add(later.best)));
            now.ended = true;
        } else if now.claimed && !later.claimed && !later.weak && later.best > 0 {
            // "The rebels claimed 85. The army confirms 25."
            let claimed = std::mem::replace(now, later);
            now.hear(claimed);
        } else if later.rival && now.best > 0 && !now.weak && !now.claimed {
            now.differ(&later);
        } else if later.toll && later.best < now.best && later.best > 0 && !now.weak && !now.feared {
            // "the government put the number at 21": another source.
            now.low = now.low.min(later.low);
        } else if later.toll || (now.weak && !later.weak) {
            *now = later;
        } else if later.claimed && !now.claimed {
            now.hear(later);
        } else if later.perpetrators && !now.perpetrators && !now.is_apart_from(&later) && among_many.is_none() {
            // "The four attackers were killed": beside the number told before, or in it.
            now.high = now.high.map(|high| high.max(now.best.saturating_add(later.best)));
        } else if later.weak || later.best == 0 || now.toll {
            // Seen again.
        } else if now.best == 0 {
            *now = later;
        } else if later.more {
            // "six were shot ... four others": beside the dead, or among the six.
            let beside = among_many.is_none_or(|dead| dead == 0 && (now.best == 1 || now.best <= later.best));
            if beside && !self.added.contains(&later.best) {
                self.added.insert(later.best);
                now.add(later);
            }
        } else if now.is_apart_from(&later) {
            now.add(later);
        } else if later.best > now.best && (!later.claimed || now.claimed) && !(later.late && now.lead) {
            // "Dozens", "at least ten" and then a greater number agree.
            let agrees = now.feared || now.high.is_none();
            let low = if agrees { later.low } else { now.low.min(later.low) };
            let lead = now.lead;
            *now = Sighting { low, lead, ..later };
        } else if later.also || now.lead && later.lead && later.best < now.best {
            // "a guard was also killed", "one man was killed": beside the others, or one of them.
            let (sum, most) = self.smaller;
            self.smaller = (sum.saturating_add(later.best), most.max(later.best));
        }
    }

    /// Widens the range by the smaller numbers told later, unless they are the whole told one by one: "three died in
    /// two raids ... two were killed ... one was killed".
    pub(super) fn settle(mut self) -> Group {
        let (sum, most) = self.smaller;
        if sum != self.sighting.best {
            let beside = self.sighting.best.saturating_add(most);
            self.sighting.high = self.sighting.high.map(|high| high.max(beside));
        }
        self
    }

    /// The headline or the text, whichever says more.
    pub(super) fn or_better(self, body: Group) -> Group {
        let (title, text) = (&self.sighting, &body.sighting);
        // "Kills three ... killed three ... another person died": what the headline tells is whole.
        if !title.weak && title.best == body.base && text.best > body.base {
            let mut whole = self;
            whole.sighting.high = text.high;
            return whole;
        }
        if text.weak && !title.weak || title.best > text.best && title.weak == text.weak { self } else { body }
    }

    pub(super) fn total(&self) -> Total {
        let seen = &self.sighting;
        let low = if seen.feared { 0 } else { seen.low.min(seen.best) };
        Total { best: seen.best, low, high: seen.high.map(|high| high.max(seen.best)) }
    }
}
