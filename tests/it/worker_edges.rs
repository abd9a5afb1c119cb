//! Where `dateline run` must stop, refuse or make do: wrong settings, missing topics, records too large, an input
//! that dies; and what it tells those who watch it.

use std::net::SocketAddr;

use crate::kafka::{
    Fate, Record, Stream, TopicReader, article, create_topic, free_address, http_get, shared, wait_for,
};

#[test]
fn a_missing_topic_is_named_with_the_remedy() {
    let stream = Stream::new(shared(), "missing", 1, 1);
    for key in ["kafka.input_topic", "kafka.output_topic", "kafka.dead_letter_topic"] {
        let ended = stream.worker(0).set(key, "no.such.topic").run();
        assert_eq!(ended.code, Some(1), "{key}:\n{}", ended.log);
        assert!(ended.log.contains("`no.such.topic` does not exist: create it"), "{key}:\n{}", ended.log);
    }
}

#[test]
fn a_wrong_setting_is_wrong_usage() {
    let ended = Stream::new(shared(), "wrong", 1, 1).worker(0).set("kafka.delivery", "exactly_twice").run();
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(ended.log.contains("exactly_once") && ended.log.contains("DELIVERY"), "{}", ended.log);
}

#[test]
fn what_does_not_fit_the_output_is_a_dead_letter_and_what_fits_neither_is_a_reference() {
    const OUTPUT_BYTES: usize = 4_000;
    const DEAD_BYTES: usize = 7_000;
    let mut stream = Stream::with_limits(shared(), "large", [1, 1], [OUTPUT_BYTES, DEAD_BYTES]);
    let long = |place, chars: usize| Some(article(0, place, &" More rain is forecast.".repeat(chars / 23)));
    stream.write(vec![(0, None), (0, Some((long(1, 4_600), Fate::Dead("output_too_large")))), (0, None)]);
    let mut worker = stream.worker(0).start();
    stream.wait_until_done();
    stream.assert_exactly_once();

    let payload = long(3, 12_000);
    let size = payload.as_ref().map_or(0, Vec::len).to_string();
    stream.write(vec![(0, Some((payload, Fate::Dead("output_too_large")))), (0, None)]);
    stream.wait_until_done();
    assert_eq!(worker.terminate(), Some(0));
    stream.assert_all_committed();
    let reference = &stream.dead().read_to_end()[1];
    assert_eq!(reference.payload, None, "a payload that does not fit is left out");
    assert_eq!(reference.key.as_deref(), Some(&b"key 3"[..]));
    for (name, value) in [
        ("topic", stream.input.clone()),
        ("partition", "0".to_owned()),
        ("offset", "3".to_owned()),
        ("reason", "output_too_large".to_owned()),
        ("omitted_bytes", size),
    ] {
        let found = stream.dead().records()[1].header(&format!("__dateline.errors.{name}"));
        assert_eq!(found, Some(value), "{name}");
    }
}

#[test]
fn an_input_that_dies_stops_the_worker_before_it_drains_the_topic() {
    for (name, setting, limit) in [("in a row", "max_consecutive", "20"), ("of the latest", "max_ratio", "0.25")] {
        let mut stream = Stream::new(shared(), "limits", 1, 1);
        // The first half is well; of the second, all dies.
        stream.write_articles(200);
        stream.write((0..200).map(|_| (0, Some((Some(b"{}".to_vec()), Fate::Dead("empty_object"))))).collect());
        let ended = stream.worker(0).set(&format!("dead_letters.{setting}"), limit).run();
        assert_eq!(ended.code, Some(1), "{}", ended.log);
        assert!(ended.log.contains(name) && ended.log.contains(setting), "{setting} is named:\n{}", ended.log);
        let dead = stream.dead().read_to_end().len();
        assert!(dead < 150, "{dead} of 200 were drained in spite of {setting}");
        assert_eq!(stream.out().read_to_end().len(), 200, "what was well before is published");
    }
}

#[test]
fn dead_letters_are_replayed_once_by_reason_and_count_their_attempts() {
    let mut stream = Stream::new(shared(), "replay", 2, 2);
    stream.write_articles_and_poison(110, 5);
    let mut worker = stream.worker(0).start();
    stream.wait_until_done();
    stream.assert_exactly_once();
    let dead = |stream: &mut Stream, reason: &str, attempts: &str| {
        let header = |record: &Record, name: &str| record.header(&format!("__dateline.errors.{name}"));
        let mut records = stream.dead().read_to_end().to_vec();
        records.retain(|r| header(r, "reason").as_deref() == Some(reason));
        records.retain(|r| header(r, "attempts").as_deref() == Some(attempts));
        records
    };
    // Columns of the table: sent, sent before, no payload, not asked for.
    let replay = |stream: &Stream, args: &[&str]| -> Vec<(String, Vec<usize>)> {
        let ended = stream.dateline(&[&["replay"], args].concat()).run();
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        let rows = ended.log.lines().filter_map(|line| {
            let (reason, numbers) = line.split_once(' ')?;
            Some((reason.to_owned(), numbers.split_whitespace().map(|n| n.parse().ok()).collect::<Option<_>>()?))
        });
        rows.collect()
    };
    let first = dead(&mut stream, "wrong_shape", "1");
    assert_eq!(first.len(), 4);
    let before = stream.dead().records().len();

    let rows = replay(&stream, &["--dry-run"]);
    assert_eq!(rows.iter().map(|(_, row)| row[0]).sum::<usize>(), before, "{rows:?}");
    assert_eq!(stream.dead().read_to_end().len(), before, "a dry run sends nothing");

    let rows = replay(&stream, &["--reason", "wrong_shape"]);
    assert!(rows.contains(&("wrong_shape".to_owned(), vec![4, 0, 0, 0])), "{rows:?}");
    assert!(rows.contains(&("tombstone".to_owned(), vec![0, 0, 0, 2])), "{rows:?}");
    stream.dead().wait_for(before + 4);
    let second = dead(&mut stream, "wrong_shape", "2");
    let content = |records: &[Record]| {
        let own =
            |r: &Record| r.headers.iter().filter(|(k, _)| !k.starts_with("__dateline")).cloned().collect::<Vec<_>>();
        records.iter().map(|r| (r.key.clone(), r.payload.clone(), own(r))).collect::<std::collections::HashSet<_>>()
    };
    assert_eq!(content(&second), content(&first), "they died again as they were, and were counted");

    // What died again is new; what was replayed is not replayed again unless asked for.
    let rows = replay(&stream, &["--reason", "wrong_shape", "--dry-run"]);
    assert!(rows.contains(&("wrong_shape".to_owned(), vec![4, 4, 0, 0])), "{rows:?}");
    let rows = replay(&stream, &["--reason", "wrong_shape", "--again", "--dry-run"]);
    assert!(rows.contains(&("wrong_shape".to_owned(), vec![8, 0, 0, 0])), "{rows:?}");

    let elsewhere = format!("{}.elsewhere", stream.group);
    create_topic(shared(), &elsewhere, 1, &[]);
    replay(&stream, &["--reason", "tombstone", "--to", &elsewhere]);
    assert_eq!(TopicReader::new(shared(), &elsewhere).read_to_end().len(), 2);
    assert_eq!(worker.terminate(), Some(0));
}

#[test]
fn those_who_watch_are_told() {
    let mut stream = Stream::new(shared(), "watched", 2, 2);
    let address: SocketAddr = free_address();
    let mut worker = stream.worker(0).set("telemetry.listen", address).start();
    let status = |path: &str| http_get(address, path).ok().map(|(status, _)| status);
    wait_for("readiness", || (status("/readyz") == Some(200)).then_some(()));
    assert_eq!(status("/livez"), Some(200));
    stream.write_articles_and_poison(330, 30);
    stream.wait_until_done();
    let metrics = wait_for("the counts", || {
        let (_, metrics) = http_get(address, "/metrics").ok()?;
        metrics.contains(&format!("dateline_articles_total {}", stream.articles())).then_some(metrics)
    });
    let dead = metrics.lines().filter(|line| line.starts_with("dateline_dead_letters_total{"));
    let dead: f64 = dead.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum();
    assert_eq!(dead as usize, stream.total() - stream.articles(), "{metrics}");
    assert!(metrics.contains(r#"reason="tombstone""#), "{metrics}");
    assert_eq!(worker.terminate(), Some(0));

    let log = worker.log();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let dead_letters = lines.iter().filter(|line| line.to_string().contains("dead letter"));
    assert!(dead_letters.clone().count() > 0, "dead letters are logged:\n{log}");
    for line in dead_letters.take(3) {
        let text = line.to_string();
        assert!(["reason", "partition", "offset"].iter().all(|field| text.contains(field)), "{line}");
    }
}
