//! `dateline run` as its users rely on it: every input comes out once and in order, whatever happens to workers
//! and brokers meanwhile.

use std::time::Duration;

use crate::kafka::{Broker, Options, Stream, committed_offsets, shared, wait_for};

/// Enough for something to happen in the middle of it.
const LOAD: usize = 6_000;

#[test]
fn every_article_comes_out_once_in_order_and_poison_goes_to_the_dead_letters_as_it_came() {
    let mut stream = Stream::new(shared(), "once", 4, 3);
    stream.write_articles_and_poison(1_100, 10);
    let mut worker = stream.worker(0).start();
    stream.wait_until_done();
    stream.write_articles(40);
    stream.wait_until_done();
    assert_eq!(worker.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
    for letter in stream.dead().records() {
        let header = |name: &str| letter.header(&format!("__dateline.errors.{name}")).unwrap();
        assert_eq!((header("version").as_str(), header("attempts").as_str()), (env!("CARGO_PKG_VERSION"), "1"));
        assert!(!header("message").is_empty());
        assert!(header("timestamp").parse::<i64>().unwrap() > 1_700_000_000_000, "milliseconds since 1970");
    }
}

#[test]
fn sigterm_under_load_leaves_nothing_uncommitted() {
    let mut stream = Stream::new(shared(), "sigterm", 2, 2);
    stream.write_articles(LOAD);
    let mut worker = stream.worker(0).start();
    stream.out().wait_for(LOAD / 10);
    assert_eq!(worker.terminate(), Some(0), "a graceful end");
    let mut published = [0, 0];
    for record in stream.out().read_to_end() {
        published[usize::try_from(record.partition).unwrap()] += 1;
    }
    assert!(published.iter().sum::<i64>() < LOAD as i64, "it was stopped in the middle");
    let committed = committed_offsets(shared(), &stream.group, &stream.input);
    assert_eq!(committed.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>(), published);

    let mut next = stream.worker(0).start();
    stream.wait_until_done();
    assert_eq!(next.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
}

#[test]
fn killed_in_the_middle_it_goes_on_where_it_had_committed() {
    let mut stream = Stream::new(shared(), "killed", 3, 3);
    stream.write_articles_and_poison(LOAD, 50);
    // A static member that comes back gets its partitions at once.
    let line = stream.worker(0).set("kafka.group_instance_id", "slot-0");
    for quarter in 1..4 {
        let mut worker = line.start();
        stream.out().wait_for(quarter * LOAD / 5);
        worker.kill();
    }
    let mut last = line.start();
    stream.wait_until_done();
    assert_eq!(last.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
}

#[test]
fn workers_that_come_and_go_under_load_share_the_partitions() {
    let mut stream = Stream::new(shared(), "rebalance", 6, 6);
    stream.write_articles(LOAD);
    let mut first = stream.worker(0).start();
    stream.out().wait_for(LOAD / 10);
    let mut second = stream.worker(1).start();
    second.wait_for_log("partitions assigned");
    stream.write_articles(LOAD);
    stream.out().wait_for(LOAD + LOAD / 10);
    assert_eq!(first.terminate(), Some(0), "it leaves under load");
    let mut third = stream.worker(0).start();
    third.wait_for_log("partitions assigned");
    stream.write_articles(LOAD);
    stream.wait_until_done();
    assert_eq!(second.terminate(), Some(0));
    assert_eq!(third.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
}

#[test]
fn a_killed_workers_partitions_go_to_the_one_that_lives() {
    let mut stream = Stream::new(shared(), "takeover", 4, 4);
    let line = |slot| {
        let worker = stream.worker(slot).set("kafka.client.session.timeout.ms", 6_000);
        worker.set("kafka.client.heartbeat.interval.ms", 500).start()
    };
    let mut killed = line(0);
    let mut living = line(1);
    killed.wait_for_log("partitions assigned");
    living.wait_for_log("partitions assigned");
    stream.write_articles(LOAD);
    stream.out().wait_for(LOAD / 10);
    killed.kill();
    stream.wait_until_done();
    assert_eq!(living.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
}

#[test]
fn a_broker_that_restarts_under_load_costs_time_and_nothing_else() {
    let mut broker = Broker::start("restarting", &Options::default());
    let mut stream = Stream::new(broker.bootstrap(), "broker-restart", 3, 3);
    stream.write_articles_and_poison(LOAD, 100);
    let mut worker = stream.worker(0).start();
    stream.out().wait_for(LOAD / 10);
    broker.stop();
    std::thread::sleep(Duration::from_secs(1));
    broker.restart();
    stream.out().wait_for(LOAD / 2);
    broker.kill();
    broker.restart();
    stream.write_articles(LOAD / 10);
    stream.wait_until_done();
    assert_eq!(worker.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
}

#[test]
fn of_two_workers_with_one_transactional_id_the_older_ends_and_says_why() {
    let mut stream = Stream::new(shared(), "twin", 4, 4);
    stream.write_articles(100);
    let mut older = stream.worker(0).start();
    stream.wait_until_done();
    let mut newer = stream.worker(0).start();
    newer.wait_for_log("transactional id taken");
    let code = wait_for("the older twin's end", || {
        stream.write_articles(8);
        std::thread::sleep(Duration::from_millis(200));
        older.ended()
    });
    assert_eq!(code, Some(1));
    let last = older.log();
    assert!(last.contains("fenced: another worker uses the transactional id"), "it says why:\n{last}");
    assert_eq!(last.matches("transactional id taken").count(), 1, "it does not take the id back:\n{last}");
    stream.wait_until_done();
    assert_eq!(newer.terminate(), Some(0));
    stream.assert_exactly_once();
}

#[test]
fn at_least_once_loses_nothing_and_repeats_only_after_a_kill() {
    let mut stream = Stream::new(shared(), "at-least-once", 3, 3);
    let line = stream.worker(0).set("kafka.delivery", "at_least_once").set("kafka.group_instance_id", "slot-0");
    stream.write_articles_and_poison(LOAD, 100);
    let mut worker = line.start();
    stream.out().wait_for(LOAD / 10);
    assert_eq!(worker.terminate(), Some(0));
    let mut worker = line.start();
    stream.wait_until_done();
    assert_eq!(worker.terminate(), Some(0));
    stream.assert_exactly_once();

    stream.write_articles_and_poison(LOAD, 100);
    let mut worker = line.start();
    stream.out().wait_for(LOAD + LOAD / 10);
    worker.kill();
    let mut worker = line.start();
    wait_for("the input's end", || {
        let committed = committed_offsets(shared(), &stream.group, &stream.input);
        (committed.into_iter().flatten().sum::<i64>() == stream.total() as i64).then_some(())
    });
    assert_eq!(worker.terminate(), Some(0));
    stream.assert_at_least_once();
    stream.assert_all_committed();
}

#[test]
fn tls_and_scram_are_built_in() {
    let broker = Broker::start("tls", &Options { secure: true, ..Options::default() });
    let mut stream = Stream::new(broker.bootstrap(), "tls", 2, 2);
    stream.write_articles_and_poison(200, 20);
    let security = broker.security();
    let line = stream
        .worker(0)
        .set("kafka.brokers", &security.bootstrap)
        .set("kafka.client.security.protocol", "SASL_SSL")
        .set("kafka.client.sasl.mechanism", "SCRAM-SHA-512")
        .set("kafka.client.sasl.username", security.username)
        .set("kafka.client.ssl.ca.location", security.ca.display());

    let mut stranger = line.clone().set("kafka.client.sasl.password", "open sesame").start();
    stranger.wait_for_log("the broker refuses us");
    stranger.kill();
    assert!(!stranger.log().contains("open sesame"), "a password in the log:\n{}", stranger.log());

    let mut worker = line.set("kafka.client.sasl.password", security.password).start();
    stream.wait_until_done();
    assert_eq!(worker.terminate(), Some(0));
    stream.assert_exactly_once();
    stream.assert_all_committed();
    assert!(!worker.log().contains(security.password), "a password in the log:\n{}", worker.log());
}
