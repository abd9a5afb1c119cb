//! [`Stream`]: an input, an output and a dead-letter topic of a test's own, and what must hold between them.

use std::collections::BTreeMap;

use super::{Dateline, NewRecord, Record, TopicReader, committed_offsets, create_topic, produce};

/// A header that tells where in the input a record was written; it passes through like any other.
const ORIGIN: &str = "test.origin";

/// Partition and place in it, counted from 0: the offset, as the tests write to the input without transactions.
type Origin = (i32, usize);

/// A payload that is no ordinary article, and what is to become of it.
type Other = (Option<Vec<u8>>, Fate);

/// What is to become of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// An enriched article.
    Published,
    /// A dead letter with this reason.
    Dead(&'static str),
}

/// Three topics, what was written to the first, and what came out of the others.
pub(crate) struct Stream {
    brokers: String,
    name: String,
    /// Where raw articles come from.
    pub(crate) input: String,
    /// Where enriched articles go.
    pub(crate) output: String,
    /// Where dead letters go.
    pub(crate) dead_letter: String,
    /// The consumer group.
    pub(crate) group: String,
    /// What was written, by input partition.
    written: Vec<Vec<(NewRecord, Fate)>>,
    out: TopicReader,
    dead: TopicReader,
    outputs: i32,
}

impl Stream {
    /// Topics with so many partitions for input and output; the dead letters have one.
    pub(crate) fn new(brokers: &str, name: &str, inputs: i32, outputs: i32) -> Stream {
        Stream::with_limits(brokers, name, [inputs, outputs], [1_048_588; 2])
    }

    /// The same, where the output and the dead-letter topic take records of at most so many bytes.
    pub(crate) fn with_limits(
        brokers: &str,
        name: &str,
        [inputs, outputs]: [i32; 2],
        [output_bytes, dead_bytes]: [usize; 2],
    ) -> Stream {
        let group = format!("{name}-{:08x}", fastrand::u32(..));
        let topics = [("input", inputs, 20_000_000), ("output", outputs, output_bytes), ("dead", 1, dead_bytes)];
        let [input, output, dead_letter] = topics.map(|(part, partitions, max_bytes)| {
            let topic = format!("{group}.{part}");
            create_topic(brokers, &topic, partitions, &[("max.message.bytes", &max_bytes.to_string())]);
            topic
        });
        Stream {
            out: TopicReader::new(brokers, &output),
            dead: TopicReader::new(brokers, &dead_letter),
            brokers: brokers.to_owned(),
            name: name.to_owned(),
            written: (0..inputs).map(|_| Vec::new()).collect(),
            input,
            output,
            dead_letter,
            group,
            outputs,
        }
    }

    /// A command line with this stream's settings, and batches so small that there is always a next one.
    pub(crate) fn dateline(&self, args: &[&str]) -> Dateline {
        Dateline::new(&self.name, args)
            .set("kafka.brokers", &self.brokers)
            .set("kafka.group_id", &self.group)
            .set("kafka.input_topic", &self.input)
            .set("kafka.output_topic", &self.output)
            .set("kafka.dead_letter_topic", &self.dead_letter)
            .set("batch.max_articles", 50)
            .set("batch.max_age", "100ms")
            .set("dead_letters.max_ratio", 1.0)
            .set("dead_letters.max_consecutive", 1_000_000)
            .set("enrichment.threads", 1)
            .set("telemetry.log_format", "json")
            .set("telemetry.progress_interval", "1s")
    }

    /// `dateline run` in the slot of this number: each has a transactional id of its own.
    pub(crate) fn worker(&self, slot: usize) -> Dateline {
        self.dateline(&["run"]).set("kafka.transactional_id", format!("{}-{slot}", self.group))
    }

    /// Writes `count` articles, dealt to the input partitions in turn.
    pub(crate) fn write_articles(&mut self, count: usize) {
        let partitions = self.written.len();
        let first = self.total();
        let records = (first..first + count).map(|n| (n % partitions, None)).collect();
        self.write(records);
    }

    /// Writes articles and, in place of one in `every`, poison of every kind in turn.
    pub(crate) fn write_articles_and_poison(&mut self, count: usize, every: usize) {
        let partitions = self.written.len();
        let first = self.total();
        let records = (first..first + count).map(|n| (n % partitions, (n % every == 0).then(|| poison(n / every))));
        self.write(records.collect());
    }

    /// Writes articles (`None`) and other payloads with their fates to the partitions named, in order.
    pub(crate) fn write(&mut self, records: Vec<(usize, Option<Other>)>) {
        let mut bare = Vec::with_capacity(records.len());
        for (partition, other) in records {
            let place = self.written[partition].len();
            let (payload, fate) = other.unwrap_or_else(|| (Some(article(partition, place, "")), Fate::Published));
            let record = NewRecord {
                partition: i32::try_from(partition).expect("few partitions"),
                key: Some(format!("key {}", place % 7).into_bytes()),
                payload,
                headers: vec![
                    (ORIGIN.to_owned(), Some(format!("{partition}/{place}").into_bytes())),
                    (
                        "traceparent".to_owned(),
                        Some(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_vec()),
                    ),
                    ("no value".to_owned(), None),
                ],
            };
            bare.push(record.clone());
            self.written[partition].push((record, fate));
        }
        produce(&self.brokers, &self.input, &bare);
    }

    /// So many records were written.
    pub(crate) fn total(&self) -> usize {
        self.written.iter().map(Vec::len).sum()
    }

    /// So many of them are to come out as enriched articles.
    pub(crate) fn articles(&self) -> usize {
        self.written.iter().flatten().filter(|(_, fate)| *fate == Fate::Published).count()
    }

    /// The reader of the output topic.
    pub(crate) fn out(&mut self) -> &mut TopicReader {
        &mut self.out
    }

    /// The reader of the dead-letter topic.
    pub(crate) fn dead(&mut self) -> &mut TopicReader {
        &mut self.dead
    }

    /// Waits until as much came out as was put in.
    pub(crate) fn wait_until_done(&mut self) {
        let (total, articles) = (self.total(), self.articles());
        self.out.wait_for(articles);
        self.dead.wait_for(total - articles);
    }

    /// Every record came out once, and each partition's in its order.
    pub(crate) fn assert_exactly_once(&mut self) {
        let seen = self.assert_at_least_once();
        let twice: Vec<_> = seen.into_iter().filter(|(_, count)| *count > 1).collect();
        assert!(twice.is_empty(), "{} came out more than once: {twice:?}", twice.len());
        let mut places: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
        for (partition, place) in self.out.records().iter().map(origin) {
            places.entry(partition).or_default().push(place);
        }
        for (partition, places) in &places {
            assert!(places.is_sorted(), "the output of partition {partition} is out of order: {places:?}");
        }
    }

    /// Every record came out, as what it was to become, with key, headers and, if dead, bytes as they were. Gives
    /// how often each came out.
    pub(crate) fn assert_at_least_once(&mut self) -> BTreeMap<Origin, usize> {
        self.out.read_to_end();
        self.dead.read_to_end();
        let mut seen: BTreeMap<Origin, usize> = BTreeMap::new();

        for record in self.out.records() {
            let (partition, place) = origin(record);
            *seen.entry((partition, place)).or_default() += 1;
            let (written, fate) = self.written_at((partition, place));
            assert_eq!(*fate, Fate::Published, "{partition}/{place} came out as an article");
            assert_eq!(record.partition, partition % self.outputs, "output partition of input partition {partition}");
            assert_eq!((&record.key, &record.headers), (&written.key, &written.headers), "key and headers pass");
            assert_eq!(record.json()["id"], format!("{partition}-{place}"), "the payload belongs to its headers");
        }
        for record in self.dead.records() {
            let (partition, place) = origin(record);
            *seen.entry((partition, place)).or_default() += 1;
            let (written, fate) = self.written_at((partition, place));
            let header = |name: &str| record.header(&format!("__dateline.errors.{name}")).unwrap_or_default();
            assert_eq!(*fate, Fate::Dead(reason(&header("reason"))), "{partition}/{place}: {}", header("message"));
            assert_eq!((&record.key, &record.payload), (&written.key, &written.payload), "key and bytes are intact");
            assert!(record.headers.starts_with(&written.headers), "headers are intact: {:?}", record.headers);
            assert_eq!(header("topic"), self.input);
            assert_eq!(header("partition"), partition.to_string());
            assert_eq!(header("offset"), place.to_string());
        }
        let missing: Vec<Origin> = self.origins().filter(|origin| !seen.contains_key(origin)).collect();
        assert!(missing.is_empty(), "{} of {} are missing: {missing:?}", missing.len(), self.total());
        seen
    }

    /// Nothing that came out is uncommitted: the group's offsets are the ends of the input.
    pub(crate) fn assert_all_committed(&self) {
        let committed = committed_offsets(&self.brokers, &self.group, &self.input);
        let ends: Vec<Option<i64>> =
            self.written.iter().map(|written| (!written.is_empty()).then_some(written.len() as i64)).collect();
        assert_eq!(committed, ends, "committed offsets of {}", self.group);
    }

    fn written_at(&self, (partition, place): Origin) -> &(NewRecord, Fate) {
        let partition = usize::try_from(partition).expect("partitions count from 0");
        &self.written[partition][place]
    }

    fn origins(&self) -> impl Iterator<Item = Origin> {
        (0..)
            .zip(&self.written)
            .flat_map(|(partition, written)| (0..written.len()).map(move |place| (partition, place)))
    }
}

/// A payload that is no article, of kind `n` in turn, and what it must die of.
pub(crate) fn poison(n: usize) -> (Option<Vec<u8>>, Fate) {
    let kinds: [(Option<&[u8]>, &'static str); 11] = [
        (None, "tombstone"),
        (Some(b""), "empty_payload"),
        (Some(b"{\"text\": \"cut off"), "not_json"),
        (Some(b"not json at all"), "not_json"),
        (Some(b"{\"text\": \"\xff\xfe\"}"), "not_utf8"),
        (Some(b"{}"), "empty_object"),
        (Some(b"[{\"text\": \"one of many\"}]"), "wrong_shape"),
        (Some(b"42"), "wrong_shape"),
        (Some(b"{\"title\": \"no text\"}"), "no_text"),
        (Some(b"{\"text\": 7}"), "text_not_string"),
        (Some(b"{\"text\": \" \\n<p></p>\"}"), "blank_text"),
    ];
    let (payload, reason) = kinds[n % kinds.len()];
    (payload.map(<[u8]>::to_vec), Fate::Dead(reason))
}

/// A short article with `more` at its end; every third reports casualties.
pub(crate) fn article(partition: usize, place: usize, more: &str) -> Vec<u8> {
    let text = match place % 3 {
        0 => "KHARKIV: At least three people were killed and 11 injured when a drone hit a market, officials said.",
        1 => "Finance ministers of the region met in Nairobi on Tuesday to talk about the price of maize.",
        _ => "The river rose by two metres overnight. Schools in Porto Alegre stayed shut, the mayor said.",
    };
    let text = format!("{text}{more}");
    serde_json::json!({ "id": format!("{partition}-{place}"), "title": "A test", "text": text })
        .to_string()
        .into_bytes()
}

fn origin(record: &Record) -> Origin {
    let header = record.header(ORIGIN).unwrap_or_else(|| panic!("a record without an origin: {record:?}"));
    let (partition, place) = header.split_once('/').expect("partition/place");
    (partition.parse().expect("a partition"), place.parse().expect("a place"))
}

/// Reasons are few; leaked, they compare with those that tests name.
fn reason(text: &str) -> &'static str {
    text.to_owned().leak()
}
