//! `dateline check`: whether a worker would run with these settings, as a list of ticks and crosses with
//! remedies. It changes nothing: no topic is made, no record written, no live worker fenced.

mod broker;
mod report;
mod topics;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use jiff::SignedDuration;

use self::report::Report;
use crate::config::{ConfigError, Loaded, Origin, Settings};

const EXIT_CODES: &str = "\
Exit codes:
  0  everything holds; warnings do not count
  1  something does not
  2  wrong usage";

/// Check settings, artifacts, brokers, topics, limits and permissions, with a remedy for what is wrong.
///
/// Changes nothing: no topic is made, no record written, no running worker disturbed. Whether writing to the
/// topics is permitted shows only once the worker writes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// How long to wait for an answer of the brokers, for each question.
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_timeout)]
    timeout: Duration,
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let positive = |duration: &Duration| !duration.is_zero();
    let parsed = text.parse::<SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    parsed.filter(positive).ok_or_else(|| "expected a duration with its unit, such as \"10s\"".to_owned())
}

/// Runs the subcommand. `artifacts` opens what the data directory holds and names it in a few words.
///
/// # Errors
/// Where standard output cannot be written.
pub(crate) fn run(
    args: &Args,
    loaded: Result<&Loaded, &ConfigError>,
    artifacts: impl FnOnce(&Settings) -> anyhow::Result<String>,
) -> anyhow::Result<ExitCode> {
    let colour = report::wants_colour();
    let mut report = Report::new(io::stdout().lock(), colour);
    check(args, loaded, artifacts, &mut report)?;
    report.finish()?;
    Ok(if report.fails() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check<W: io::Write>(
    args: &Args,
    loaded: Result<&Loaded, &ConfigError>,
    artifacts: impl FnOnce(&Settings) -> anyhow::Result<String>,
    report: &mut Report<W>,
) -> io::Result<()> {
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(ConfigError::Invalid(problems)) => {
            for problem in problems {
                report.fail("settings", problem, "")?;
            }
            return Ok(());
        }
        Err(error @ ConfigError::Unreadable { source, .. }) => {
            return report.fail("settings", format!("{error}: {source}"), "");
        }
    };
    let changed = loaded.effective().iter().filter(|shown| shown.origin != Origin::Default).count();
    let file = loaded.file.as_ref().map_or("no file".to_owned(), |file| file.display().to_string());
    report.hold("settings", format!("{file}, {changed} given, the rest defaults"))?;
    match artifacts(&loaded.settings) {
        Ok(names) => report.hold("artifacts", names)?,
        Err(error) => {
            report.fail("artifacts", format!("{error:#}"), "dateline data fetch && dateline data build")?;
        }
    }
    broker::check(&loaded.settings, args.timeout, report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rdkafka::mocking::MockCluster;

    fn checked(flags: &[(&str, &str)], timeout: Duration) -> (usize, String) {
        let flags: Vec<_> = flags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let loaded = Settings::load(None, [], &flags);
        let mut report = Report::new(Vec::new(), false);
        let args = Args { timeout };
        check(&args, loaded.as_ref(), |_| Ok("a gazetteer".to_owned()), &mut report).unwrap();
        report.finish().unwrap();
        (report.fails(), String::from_utf8(report.into_inner()).unwrap())
    }

    #[test]
    fn a_ready_cluster_holds() {
        let cluster = MockCluster::new(1).unwrap();
        for topic in ["articles.raw", "articles.enriched", "articles.dead"] {
            cluster.create_topic(topic, 3, 1).unwrap();
        }
        let (fails, shown) = checked(&[("kafka.brokers", &cluster.bootstrap_servers())], Duration::from_secs(10));
        assert_eq!(fails, 0, "{shown}");
        for line in ["✓ artifacts", "✓ broker", "✓ input topic", "✓ output topic", "✓ transactions"] {
            assert!(shown.contains(line), "no {line:?} in\n{shown}");
        }
        assert!(shown.contains("articles.raw, 3 partitions"), "{shown}");
    }

    #[test]
    fn missing_topics_come_with_the_command_that_makes_them() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("articles.raw", 12, 1).unwrap();
        cluster.create_topic("articles.enriched", 4, 1).unwrap();
        let servers = cluster.bootstrap_servers();
        let (fails, shown) = checked(&[("kafka.brokers", &servers)], Duration::from_secs(10));
        assert_eq!(fails, 1, "{shown}");
        assert!(shown.contains("✗ dead-letter topic"), "{shown}");
        let command = format!(
            "kafka-topics.sh --bootstrap-server {servers} --create --topic articles.dead --partitions 12 --replication-factor 1"
        );
        assert!(shown.contains(&command), "{shown}");
        assert!(shown.contains("! output topic"), "fewer partitions than the input is a warning:\n{shown}");
    }

    #[test]
    fn a_dead_port_is_told_apart() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let (fails, shown) = checked(&[("kafka.brokers", &address)], Duration::from_secs(5));
        assert_eq!(fails, 1, "{shown}");
        assert!(shown.contains("✗ broker") && shown.contains("nothing listens"), "{shown}");
    }

    #[test]
    fn wrong_settings_are_crosses_and_end_the_check() {
        let (fails, shown) = checked(&[("kafka.broker", "a:1"), ("batch.max_age", "0s")], Duration::from_secs(1));
        assert_eq!(fails, 2, "{shown}");
        assert!(!shown.contains("artifacts"), "{shown}");
    }

    #[test]
    fn a_tls_client_on_a_plain_listener_is_told_apart() {
        let cluster = MockCluster::new(1).unwrap();
        let servers = cluster.bootstrap_servers();
        let (fails, shown) =
            checked(&[("kafka.brokers", &servers), ("kafka.client.security.protocol", "SSL")], Duration::from_secs(15));
        assert_eq!(fails, 1, "{shown}");
        assert!(shown.contains("TLS"), "{shown}");
    }
}
