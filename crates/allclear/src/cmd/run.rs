//! `allclear run`: the server.
//!
//! Order of the start: configuration, areas, store, engine (replayed), core, feeds, and only then the door is opened:
//! whoever gets an answer gets it from a server that knows what it knew before.

use super::exit;
use crate::clock::Clock;
use crate::config::{Config, ConfigFile};
use crate::core::{Core, Parts, Troubles};
use crate::deliver::mqtt::{bridge, topics::Topics};
use crate::deliver::push::Push;
use crate::deliver::sign::WebhookKey;
use crate::deliver::siren::{self, Sirens};
use crate::deliver::stream;
use crate::publish::kind_word;
use crate::serve::{self, ServeState};
use crate::store::Store;
use crate::tls;
use crate::{demo, feed};
use anyhow::Context as _;
use engine::Engine;
use model::{AreaSet, ConfigPart, EventBody};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// Longest text of a configuration in the record, in bytes as it is written there: an entry has 65,535.
const TOLD_BYTES_MAX: usize = 64_000;

/// How long open streams may take to end at a stop.
const GRACE: Duration = Duration::from_secs(2);

/// Arguments of `run`.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Configuration file (TOML); docs/reference/config.md names every key.
    #[arg(long, short)]
    config: Option<PathBuf>,
    /// Play the bundled evening, an exercise, at 20 times speed into a fresh store.
    #[arg(long, conflicts_with = "config")]
    demo: bool,
    /// Address to listen on, instead of the configured one.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// Runs the server until SIGINT or SIGTERM.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut config = match &args.config {
        Some(path) => Config::load(path)?,
        None if args.demo => demo::config()?,
        None => Config::check(ConfigFile::default(), &std::env::current_dir()?)?,
    };
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve_until_stopped(config, args.demo))?;
    runtime.shutdown_timeout(GRACE);
    Ok(exit::code(exit::DONE))
}

async fn serve_until_stopped(config: Config, play: bool) -> anyhow::Result<()> {
    let clock = if play { demo::clock() } else { Clock::real() };
    let server = Server::start(config, clock, true).await?;
    let address = server.address;
    println!("AllClear listens on http://{address}/");
    let playing = play.then(|| tokio::spawn(demo::play(server.state.clone())));
    tokio::select! {
        () = stop_signal() => tracing::info!("stopping: asked by a signal"),
        () = server.ended() => anyhow::bail!("the core stopped; the log above says why"),
    }
    if let Some(playing) = playing {
        playing.abort();
    }
    Ok(())
}

/// A running server; used by `run` and by `bench`.
pub struct Server {
    /// What handlers use.
    pub state: ServeState,
    /// Where it listens.
    pub address: SocketAddr,
    core_thread: std::thread::JoinHandle<()>,
}

impl Server {
    /// Starts everything and opens the door.
    pub async fn start(config: Config, clock: Clock, with_metrics: bool) -> anyhow::Result<Self> {
        raise_open_files();
        let areas = areas(&config)?;
        let mark = config.policy.mark();
        tracing::info!(policy = mark.name, revision = mark.revision, sha256 = mark.sha256, "policy in use");
        for kind in config.policy.unheeded() {
            tracing::warn!("no rule of policy {} speaks of {}: nobody is alerted of it", mark.name, kind_word(kind));
        }
        let settings = config.engine(areas)?;
        let told = told(&settings);
        let engine = Engine::new(settings, areas);
        let store = Store::open(&config.store, config.server.status)?;
        tracing::info!(path = %config.store.display(), size = store.next_index(), "record open");
        let reader = store.reader();
        let metrics = if with_metrics {
            Some(
                metrics_exporter_prometheus::PrometheusBuilder::new()
                    .install_recorder()
                    .context("failed to begin metrics")?,
            )
        } else {
            None
        };
        let troubles = Troubles::default();
        let cap = serve::cap::Desk::open(&config.cap, &store, config.server.status, areas)?;
        let sirens = config.sirens.clone();
        let sirens =
            sirens.map(|sirens| Sirens::open(sirens, &store, config.server.status, &clock, areas)).transpose()?;
        let parts = Parts {
            engine,
            store,
            clock,
            status: config.server.status,
            mode: config.server.mode,
            areas,
            troubles: troubles.clone(),
            told,
            ledger: cap.ledger(),
            sirens: sirens.clone(),
        };
        let (core, core_thread) = Core::start(parts)?;
        if let Some(sirens) = &sirens {
            siren::start(sirens.clone(), core.hub().clone())
                .map_err(|why| anyhow::anyhow!("sirens: failed to {why}"))?;
        }
        let text = Arc::new(wire::text::Reader::new(areas));
        feed::start(&config, &core, &text, areas, &troubles)?;
        let push = if config.push.enabled {
            Some(Arc::new(Push::start(config.push.clone(), &config.store, &core, areas)?))
        } else {
            None
        };
        let certificate = tls::Trouble::default();
        let state = ServeState {
            core,
            chronicle: Arc::new(serve::chronicle::Chronicle::new(reader.clone())),
            reader,
            areas,
            text,
            server: Arc::new(config.server.clone()),
            feeds: Arc::new(config.feeds.clone()),
            officers: Arc::new(config.officers.clone()),
            reviewers: Arc::new(config.reviewers.clone()),
            cap: Arc::new(cap),
            sirens,
            push,
            webhook_key: Arc::new(WebhookKey::load_or_create(&config.store)?),
            troubles,
            certificate: certificate.clone(),
            metrics,
        };
        tokio::spawn(serve::chronicle::embargo::watch(state.clone()));
        let listener = stream::listen(config.server.listen).with_context(|| {
            format!(
                "failed to listen on {}: is another server running there? Give --listen ADDRESS:PORT",
                config.server.listen
            )
        })?;
        let address = listener.local_addr()?;
        let house = stream::House {
            core: state.core.clone(),
            areas,
            troubles: state.troubles.clone(),
            headers: serve::header_lines(&state.server, true),
            places: stream_places(),
            topics: OnceLock::new(),
        };
        let house = Arc::new(house);
        let streams = stream::Streams::start(&house).context("failed to start the streams")?;
        let acceptor = tls_acceptor(&config, certificate)?;
        mqtt(&config, acceptor.as_ref(), &house, &streams)?;
        let compat = serve::compat::answers(&state);
        if let Some(address) = config.server.alerts_com_ua_tcp {
            let lines = tokio::net::TcpListener::bind(address).await;
            let lines = lines.with_context(|| format!("failed to listen on {address} (alerts_com_ua_tcp)"))?;
            tracing::info!(address = %lines.local_addr()?, "alerts.com.ua's TCP protocol is spoken");
            tokio::spawn(serve::compat::accept(lines, compat.clone()));
        }
        let answers: Arc<dyn crate::deliver::poll::Answers> = compat.clone();
        let mut listeners = vec![(listener, None)];
        if let (Some(table), Some(acceptor)) = (&config.tls, acceptor) {
            let listener = stream::listen(table.listen)
                .with_context(|| format!("failed to listen on {} ([tls] listen)", table.listen))?;
            tracing::info!(address = %listener.local_addr()?, "TLS is served");
            listeners.push((listener, Some(acceptor)));
        }
        let door = stream::Door::open(listeners, &streams, areas, &answers).context("failed to open the door")?;
        let router = serve::router(state.clone(), compat).into_make_service_with_connect_info::<stream::Peer>();
        tokio::spawn(async move {
            if let Err(error) = axum::serve(door, router).await {
                tracing::error!(%error, "the door closed");
            }
        });
        Ok(Self { state, address, core_thread })
    }

    /// Waits until the core has ended, which it does only by a fault.
    pub async fn ended(&self) {
        while !self.core_thread.is_finished() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Serves MQTT clients and tells other brokers, as far as the configuration asks for it.
fn mqtt(
    config: &Config,
    tls: Option<&TlsAcceptor>,
    house: &Arc<stream::House>,
    streams: &stream::Streams,
) -> anyhow::Result<()> {
    let tls_listen = config.tls.as_ref().and_then(|table| table.mqtt_listen);
    if config.server.mqtt_listen.is_none() && tls_listen.is_none() && config.bridges.is_empty() {
        return Ok(());
    }
    let topics = Topics::start(house).context("failed to start the topics of MQTT")?;
    let topics = house.topics.get_or_init(|| topics);
    for bridge in &config.bridges {
        bridge::start(bridge.clone(), topics, house.areas, config.server.status)
            .map_err(|why| anyhow::anyhow!("mqtt {:?}: failed to {why}", bridge.name))?;
    }
    if config.server.mqtt_listen.or(tls_listen).is_some() {
        streams.carry(topics);
    }
    let doors = [(config.server.mqtt_listen, None, "mqtt_listen"), (tls_listen, tls, "[tls] mqtt_listen")];
    for (listen, tls, key) in doors {
        let Some(listen) = listen else { continue };
        let listener = stream::listen(listen).with_context(|| {
            format!("failed to listen for MQTT on {listen}: is a broker running there? Change {key}")
        })?;
        tracing::info!(address = %listener.local_addr()?, tls = tls.is_some(), "MQTT clients are served");
        stream::open_mqtt(listener, tls.cloned(), streams.clone(), config.server.keys.clone());
    }
    Ok(())
}

/// What greets in TLS, if the configuration asks for it.
fn tls_acceptor(config: &Config, trouble: tls::Trouble) -> anyhow::Result<Option<TlsAcceptor>> {
    let Some(table) = &config.tls else { return Ok(None) };
    let files = tls::Files { cert: table.cert.clone(), key: table.key.clone() };
    let served = tls::serve(files, trouble).map_err(|error| anyhow::anyhow!("[tls]: failed to {error}"))?;
    Ok(Some(TlsAcceptor::from(served)))
}

/// What the engine was told, for the record: the policy as it is hashed, the sources without where sensors stand, and
/// where things came in before and how they flew on.
fn told(settings: &engine::Config) -> Vec<EventBody> {
    let mut sources = settings.sources.clone();
    for profile in sources.values_mut() {
        profile.sensor.site = None;
    }
    let sources = serde_json::json!({"status": settings.status, "mode": settings.mode, "sources": sources});
    let came_in = engine::CameIn { courses: engine::Courses::default(), ..settings.came_in.clone() };
    let parts = [
        (ConfigPart::Policy, settings.policy.canonical()),
        (ConfigPart::Sources, sources.to_string().into_bytes()),
        (ConfigPart::CameIn, serde_json::to_vec(&came_in).unwrap_or_default()),
        (ConfigPart::Courses, serde_json::to_vec(&settings.came_in.courses).unwrap_or_default()),
    ];
    let entry = |(part, text): (ConfigPart, Vec<u8>)| {
        let sha256 = model::sha256(&text);
        // In an entry the text's own quotation marks are escaped.
        let written = |text: &String| serde_json::to_string(text).is_ok_and(|written| written.len() <= TOLD_BYTES_MAX);
        let text = String::from_utf8(text).ok().filter(written);
        EventBody::Configured { part, sha256, text }
    };
    parts.into_iter().map(entry).collect()
}

/// The bundled areas, with the numbers of a service's catalogue and with real boundaries when they are configured.
fn areas(config: &Config) -> anyhow::Result<&'static AreaSet> {
    let numbered = numbered(config)?;
    let Some(path) = &config.boundaries else { return Ok(numbered) };
    let text = super::areas::read(path)?;
    let found = numbered
        .read_boundaries(&text, None)
        .with_context(|| format!("failed to read {} as a GeoJSON feature collection of polygons", path.display()))?;
    for refusal in &found.refused {
        tracing::warn!("boundaries: failed to {refusal}");
    }
    tracing::info!(count = found.outlines.len(), "real boundaries in use");
    let bounded = numbered.clone().with_outlines(found.outlines);
    // It lives as long as the program.
    Ok(Box::leak(Box::new(bounded.map_err(|error| anyhow::anyhow!("failed to {error} of {}", path.display()))?)))
}

fn numbered(config: &Config) -> anyhow::Result<&'static AreaSet> {
    let Some(path) = &config.catalogue else { return Ok(AreaSet::bundled()) };
    let bytes =
        std::fs::read(path).with_context(|| format!("failed to read the region catalogue {}", path.display()))?;
    let (areas, findings) =
        feed::catalogue(&bytes).with_context(|| format!("failed to use the region catalogue {}", path.display()))?;
    for finding in findings {
        tracing::warn!("region catalogue: {finding}");
    }
    Ok(areas)
}

/// Lets this process hold as many sockets as the system allows it: the usual 1,024 are soon taken by subscribers.
pub fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, current } = getrlimit(Resource::Nofile);
    if current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_err() {
        tracing::warn!(?current, "the number of open files cannot be raised: no more subscribers than that");
    }
}

/// How many streams there may be: the sockets of this process, less an eighth and at least 128 for reports, officers, pollers and
/// files.
fn stream_places() -> usize {
    let open_max = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let open_max = open_max.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    open_max - (open_max / 8).max(128).min(open_max)
}

/// Waits until somebody asks the program to stop.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Level, Position, Status};

    #[test]
    fn the_most_that_may_be_known_of_earlier_nights_fits_into_the_record() {
        let areas = AreaSet::bundled();
        let mut settings = engine::Config::of(Status::Exercise);
        let smallest = areas.at_level(Level::Hromada).map(|area| (area.code, 1_000_000));
        settings.came_in.entries = smallest.collect();
        for (row, column) in (0..40).flat_map(|row| (0..40).map(move |column| (row, column))) {
            let place = Position::new(44.1 + 0.25 * f64::from(row), 22.1 + 0.375 * f64::from(column)).unwrap();
            (0..16_u16).for_each(|n| settings.came_in.courses.count(engine::Cell::of(place), f64::from(n) * 22.5, 99));
        }
        settings.validate().unwrap();
        let parts = told(&settings);
        for part in &parts {
            let written = serde_json::to_vec(part).unwrap().len();
            assert!(written < record::ENTRY_BYTES_MAX - 200, "{written} bytes");
            assert!(matches!(part, EventBody::Configured { text: Some(_), .. }), "{part:?}");
        }
        assert_eq!(parts.len(), 4);
    }
}
