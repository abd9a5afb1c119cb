//! [`Broker`]: an Apache Kafka of one's own, from the jars that `make kafka` fetched.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

use super::watchdog;

const CLUSTER_ID: &str = "ZGF0ZWxpbmUtdGVzdHMtMQ";
const USER: &str = "dateline";
const PASSWORD: &str = "correct-horse";
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// What a broker is to be like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Whether there is a second listener with TLS and SASL/SCRAM.
    pub(crate) secure: bool,
    /// Whether the broker is compiled as far as a long-lived one: slow to warm up, which tests do not wait for
    /// and benches must.
    pub(crate) full_speed: bool,
    /// Further lines of server.properties.
    pub(crate) properties: Vec<(&'static str, String)>,
}

/// What a client needs to be let in by the secure listener.
#[derive(Debug, Clone)]
pub(crate) struct Security {
    /// `host:port` of the listener.
    pub(crate) bootstrap: String,
    /// PEM file of the authority that signed the broker's certificate.
    pub(crate) ca: PathBuf,
    /// Name of the user.
    pub(crate) username: &'static str,
    /// Password of the user.
    pub(crate) password: &'static str,
}

/// A running (or stopped) Apache Kafka with a folder and ports of its own. Killed when dropped.
pub(crate) struct Broker {
    dir: PathBuf,
    full_speed: bool,
    log: PathBuf,
    bootstrap: String,
    security: Option<Security>,
    process: Option<Child>,
}

/// The bootstrap servers that most tests share: `DATELINE_TEST_BROKERS`, or a broker that is started for the
/// first test that asks and ends with the process.
pub(crate) fn shared() -> &'static str {
    static SHARED: OnceLock<(String, Option<Broker>)> = OnceLock::new();
    let (bootstrap, _) = SHARED.get_or_init(|| match std::env::var("DATELINE_TEST_BROKERS") {
        Ok(brokers) if !brokers.trim().is_empty() => {
            wait_until_ready(&brokers, None).unwrap_or_else(|e| panic!("DATELINE_TEST_BROKERS={brokers}: {e}"));
            (brokers, None)
        }
        _ => {
            let broker = Broker::start("shared", &Options::default());
            (broker.bootstrap().to_owned(), Some(broker))
        }
    });
    bootstrap
}

impl Broker {
    /// Formats a storage, starts a broker on it and waits until it answers. `name` is that of its log file.
    pub(crate) fn start(name: &str, options: &Options) -> Broker {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        for attempt in 1.. {
            let dir = watchdog::dir().join(format!("kafka-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
            std::fs::create_dir_all(&dir).expect("the broker's folder is made");
            let mut broker = Broker::configure(name, dir, options);
            match broker.launch() {
                Ok(()) => return broker,
                // Another process may have taken a port between its choice and its use.
                Err(error) if attempt < 3 && error.contains("Address already in use") => {}
                Err(error) => panic!("the {name} broker did not start: {error}"),
            }
        }
        unreachable!("the loop returns or panics")
    }

    /// Its plain listener, `host:port`.
    pub(crate) fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// The way into the secure listener.
    pub(crate) fn security(&self) -> &Security {
        self.security.as_ref().expect("the broker was started with `secure`")
    }

    /// Shuts the broker down in order, and waits for its end.
    pub(crate) fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            watchdog::signal(&process, "TERM");
            process.wait().expect("the broker can be waited for");
            watchdog::forget(&process);
        }
    }

    /// Kills the broker with -9.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            watchdog::forget(&process);
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts a stopped or killed broker again, on the same ports and storage, and waits until it answers.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.launch().unwrap_or_else(|error| panic!("the broker did not start again: {error}"));
    }

    fn configure(name: &str, dir: PathBuf, options: &Options) -> Broker {
        let [plain, controller, secure] = free_ports();
        let bootstrap = format!("127.0.0.1:{plain}");
        let mut listeners = format!("PLAINTEXT://{bootstrap},CONTROLLER://127.0.0.1:{controller}");
        let mut advertised = format!("PLAINTEXT://{bootstrap}");
        let mut map = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned();
        let mut lines = String::from(include_str!("../../kafka/server.properties"));
        let mut set = |key: &str, value: &str| writeln!(lines, "{key}={value}").expect("a string takes it");

        set("log.dirs", &dir.join("data").display().to_string());
        set("controller.quorum.voters", &format!("1@127.0.0.1:{controller}"));
        let security = options.secure.then(|| {
            let bootstrap = format!("127.0.0.1:{secure}");
            let (keystore, ca) = certificate(&dir);
            let _ = write!(listeners, ",SECURE://{bootstrap}");
            let _ = write!(advertised, ",SECURE://{bootstrap}");
            map.push_str(",SECURE:SASL_SSL");
            set("ssl.keystore.type", "PKCS12");
            set("ssl.keystore.location", &keystore.display().to_string());
            set("ssl.keystore.password", STORE_PASSWORD);
            set("ssl.key.password", STORE_PASSWORD);
            set("sasl.enabled.mechanisms", "SCRAM-SHA-512");
            set(
                "listener.name.secure.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            );
            Security { bootstrap, ca, username: USER, password: PASSWORD }
        });
        set("listeners", &listeners);
        set("advertised.listeners", &advertised);
        set("listener.security.protocol.map", &map);
        for (key, value) in &options.properties {
            set(key, value);
        }
        std::fs::write(dir.join("server.properties"), &lines).expect("server.properties is written");

        let log = watchdog::logs().join(format!("kafka-{name}.log"));
        let mut format = java(128, false);
        format.args(["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"]).arg(dir.join("server.properties"));
        if security.is_some() {
            format.arg("--add-scram").arg(format!("SCRAM-SHA-512=[name={USER},password={PASSWORD}]"));
        }
        run(&mut format);
        File::create(&log).expect("the broker's log is made");
        Broker { dir, full_speed: options.full_speed, log, bootstrap, security, process: None }
    }

    /// Starts the process and waits until it answers; the error holds the end of its log.
    fn launch(&mut self) -> Result<(), String> {
        let log = OpenOptions::new().append(true).open(&self.log).expect("the broker's log is opened");
        let mut command = java(if self.full_speed { 1024 } else { 384 }, self.full_speed);
        command
            .arg("kafka.Kafka")
            .arg(self.dir.join("server.properties"))
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log's handle is copied"))
            .stderr(log);
        let mut process = watchdog::spawn(&mut command).unwrap_or_else(|error| panic!("java: {error}; {REMEDY}"));
        let ready = wait_until_ready(&self.bootstrap, Some(&mut process));
        self.process = Some(process);
        ready.map_err(|error| {
            self.kill();
            format!("{error}; the end of {}:\n{}", self.log.display(), tail(&self.log, 40))
        })
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

const REMEDY: &str = "the tests run against Apache Kafka: run `make kafka` (Java 17 or newer and Maven), or name a \
                      running broker with DATELINE_TEST_BROKERS=host:port";

/// The folder of Kafka's jars, in the target folder.
fn libs() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder lies in the target folder");
    let libs = target.join("kafka/libs");
    assert!(libs.join("complete").is_file(), "no Kafka in {}: {REMEDY}", libs.display());
    libs
}

fn java(heap_mb: usize, full_speed: bool) -> Command {
    let mut command = Command::new("java");
    if !full_speed {
        command.arg("-XX:TieredStopAtLevel=1");
    }
    command
        .arg(format!("-Xmx{heap_mb}m"))
        .args(["-XX:+UseSerialGC", "-Djava.awt.headless=true"])
        .arg(concat!("-Dlog4j2.configurationFile=", env!("CARGO_MANIFEST_DIR"), "/tests/kafka/log4j2.properties"))
        .arg("-cp")
        .arg(libs().join("*"));
    command
}

/// Runs a command that must succeed.
fn run(command: &mut Command) {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{program}: {error}; {REMEDY}"));
    assert!(
        output.status.success(),
        "{program} failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Waits until the broker tells of itself, or its process ends.
fn wait_until_ready(bootstrap: &str, mut process: Option<&mut Child>) -> Result<(), String> {
    let client: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("reconnect.backoff.max.ms", "100")
        .set("log_level", "0")
        .create()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    loop {
        let answer = client.fetch_metadata(None, Duration::from_secs(2));
        if answer.as_ref().is_ok_and(|metadata| !metadata.brokers().is_empty()) {
            return Ok(());
        }
        if let Some(status) = process.as_mut().and_then(|process| process.try_wait().ok().flatten()) {
            return Err(format!("the process ended ({status})"));
        }
        if start.elapsed() > START_TIMEOUT {
            return Err(format!("no answer in {} s", START_TIMEOUT.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

const STORE_PASSWORD: &str = "changeit";

/// A key for 127.0.0.1 with a certificate that signs itself: the key store, and the certificate as PEM.
fn certificate(dir: &Path) -> (PathBuf, PathBuf) {
    let (keystore, ca) = (dir.join("broker.p12"), dir.join("ca.pem"));
    let store = ["-alias", "broker", "-storetype", "PKCS12", "-storepass", STORE_PASSWORD];
    let mut generate = Command::new("keytool");
    generate.arg("-genkeypair").args(store).arg("-keystore").arg(&keystore);
    generate.args(["-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2", "-dname", "CN=dateline tests"]);
    generate.args(["-ext", "san=ip:127.0.0.1,dns:localhost", "-ext", "bc:critical=ca:true"]);
    run(&mut generate);
    let mut export = Command::new("keytool");
    export.args(["-exportcert", "-rfc"]).args(store).arg("-keystore").arg(&keystore).arg("-file").arg(&ca);
    run(&mut export);
    (keystore, ca)
}

/// An address of the loopback that nobody listens on at this moment.
pub(crate) fn free_address() -> SocketAddr {
    let [port] = free_ports();
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Ports of the loopback that nobody listens on at this moment.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners: [TcpListener; N] =
        std::array::from_fn(|_| TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port"));
    listeners.map(|listener| listener.local_addr().expect("the port is known").port())
}

/// The last lines of a file.
pub(super) fn tail(path: &Path, lines: usize) -> String {
    let text = std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
