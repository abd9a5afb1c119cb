//! Faults by dice: workers killed with -9 at random moments, workers that come and go, and after it every input
//! exactly once, in order, and the dead letters exactly the poison.
//!
//! `DATELINE_FAULTS=full` (`make faults`) is the long run; `DATELINE_FAULTS_SEED` repeats one.

use std::time::{Duration, Instant};

use crate::kafka::{Stream, Worker, shared};

struct Plan {
    records: usize,
    kills: usize,
    rebalances: usize,
}

const SHORT: Plan = Plan { records: 3_000, kills: 6, rebalances: 1 };
const FULL: Plan = Plan { records: 10_000, kills: 20, rebalances: 3 };
/// One in so many records is poison.
const POISON: usize = 25;
/// Workers that share the group.
const SLOTS: usize = 2;

#[test]
fn whatever_the_dice_do_every_input_comes_out_once() {
    let plan = if std::env::var("DATELINE_FAULTS").is_ok_and(|value| value == "full") { FULL } else { SHORT };
    let seed = std::env::var("DATELINE_FAULTS_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().unwrap_or_else(|error| panic!("DATELINE_FAULTS_SEED={seed}: {error}")),
    );
    eprintln!("faults: seed {seed}; DATELINE_FAULTS_SEED={seed} rolls the same dice");
    let mut dice = fastrand::Rng::with_seed(seed);
    let begin = Instant::now();

    let mut stream = Stream::new(shared(), "faults", 6, 4);
    let start = |stream: &Stream, slot: usize| {
        // A static member that comes back gets its partitions without a rebalance; those are planned.
        stream.worker(slot).set("batch.max_articles", 20).set("kafka.group_instance_id", format!("slot-{slot}")).start()
    };
    let mut slots: Vec<Worker> = (0..SLOTS).map(|slot| start(&stream, slot)).collect();
    let rounds = plan.kills;
    let mut rebalances = 0;
    for round in 0..rounds {
        // Every round brings new work, so that no kill finds the workers idle.
        let count = plan.records * (round + 1) / rounds - plan.records * round / rounds;
        stream.write_articles_and_poison(count, POISON);
        if dice.bool() {
            // In the middle of the work,
            let seen = stream.out().records().len();
            let missing = stream.articles() - seen;
            stream.out().wait_for(seen + dice.usize(0..missing.max(1)));
            std::thread::sleep(Duration::from_millis(dice.u64(0..60)));
        } else {
            // or at any moment: while it starts, joins, enriches, commits.
            std::thread::sleep(Duration::from_millis(dice.u64(0..1_200)));
        }
        let slot = dice.usize(0..SLOTS);
        assert_eq!(slots[slot].ended(), None, "a worker ended by itself");
        slots[slot].kill();
        slots[slot] = start(&stream, slot);
        if (round + 1) * plan.rebalances / rounds > rebalances {
            rebalances += 1;
            rebalance(&stream, &mut slots, &mut dice);
        }
    }
    stream.wait_until_done();
    for worker in &mut slots {
        assert_eq!(worker.terminate(), Some(0));
    }
    stream.assert_exactly_once();
    stream.assert_all_committed();
    eprintln!(
        "faults: {} articles and {} dead letters exactly once, in order, after {} kill -9 and {rebalances} rebalances, {:.1} s",
        stream.articles(),
        stream.total() - stream.articles(),
        plan.kills,
        begin.elapsed().as_secs_f64()
    );
}

/// A third worker joins under load, and leaves again; both move partitions.
fn rebalance(stream: &Stream, slots: &mut [Worker], dice: &mut fastrand::Rng) {
    // No static member: its end is a rebalance at once.
    let mut guest = stream.worker(SLOTS).set("batch.max_articles", 20).start();
    guest.wait_for_log("partitions assigned");
    std::thread::sleep(Duration::from_millis(dice.u64(0..500)));
    assert_eq!(guest.terminate(), Some(0), "the guest leaves in order");
    for worker in slots {
        assert_eq!(worker.ended(), None, "a worker ended while another joined and left");
    }
}
