//! The configuration: a TOML file, checked whole before anything starts.
//!
//! What comes in: [`ConfigFile`], as written. What goes out: [`Config`], every value usable, every path resolved
//! against the file's folder. Unknown keys are errors with line and key. Every key: docs/reference/config.md.

use crate::deliver::mqtt::config::{BRIDGES_MAX, BridgeConfig};
use crate::deliver::push::PushTable;
use crate::deliver::siren::config::{SirenTable, SirensConfig, SirensTable};
use crate::feed::config::{FeedConfig, Secret, UpstreamConfig};
use engine::{Mode, Policy, SourceProfile};
use model::{AreaSet, Code, SourceId, Status};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Most sources one server listens to.
const SOURCES_MAX: usize = 256;
/// Largest policy file, in bytes.
const POLICY_BYTES_MAX: u64 = 256 * 1024;
/// The name under which refusals of unknown senders are counted.
pub const STRANGER: &str = "http";

/// The file as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// `[server]`
    #[serde(default)]
    pub server: ServerTable,
    /// `[tls]`
    #[serde(default)]
    pub tls: Option<TlsTable>,
    /// `[store]`
    #[serde(default)]
    pub store: StoreTable,
    /// `[areas]`
    #[serde(default)]
    pub areas: AreasTable,
    /// `[cap]`
    #[serde(default)]
    pub cap: CapTable,
    /// `[push]`
    #[serde(default)]
    pub push: PushTable,
    /// `policy`: a shipped one by name, or a file.
    #[serde(default = "forecast")]
    pub policy: String,
    /// `[[upstream]]`
    #[serde(default)]
    pub upstream: Vec<UpstreamConfig>,
    /// `[[feed]]`
    #[serde(default)]
    pub feed: Vec<FeedConfig>,
    /// `[[officer]]`
    #[serde(default)]
    pub officer: Vec<OfficerTable>,
    /// `[[reviewer]]`
    #[serde(default)]
    pub reviewer: Vec<ReviewerTable>,
    /// `[[mqtt]]`
    #[serde(default)]
    pub mqtt: Vec<BridgeConfig>,
    /// `[sirens]`
    #[serde(default)]
    pub sirens: SirensTable,
    /// `[[siren]]`
    #[serde(default)]
    pub siren: Vec<SirenTable>,
}

fn forecast() -> String {
    "forecast".to_owned()
}

/// `[[officer]]`: a person who may act in authority mode.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerTable {
    /// Name under which the action is recorded.
    pub name: String,
    /// File that holds the officer's token alone.
    pub token_file: PathBuf,
}

/// An officer, checked.
#[derive(Debug, Clone)]
pub struct Officer {
    /// Name.
    pub name: String,
    /// Token.
    pub token: Secret,
}

/// `[[reviewer]]`: a person who may review the chronicle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewerTable {
    /// Name under which a decision is recorded.
    pub name: String,
    /// File that holds the reviewer's token alone.
    pub token_file: PathBuf,
    /// What the person may do.
    pub may: Vec<Role>,
}

/// What a reviewer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Read quantities that the grammar left, set them aside, take a reading back.
    Read,
    /// Grade incidents.
    Grade,
    /// Take an incident back, end an embargo early.
    Publish,
    /// Bring documents and dossiers into the record.
    Import,
}

impl Role {
    /// Its name in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Grade => "grade",
            Self::Publish => "publish",
            Self::Import => "import",
        }
    }
}

/// A reviewer, checked.
#[derive(Debug, Clone)]
pub struct Reviewer {
    /// Name and token.
    pub person: Officer,
    /// What the person may do.
    pub may: BTreeSet<Role>,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerTable {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address and port on which MQTT clients are served; none: they are not.
    pub mqtt_listen: Option<SocketAddr>,
    /// `relay` or `authority`.
    pub mode: Mode,
    /// `actual` or `exercise`.
    pub status: Status,
    /// Keys that compatible clients, and as a password MQTT clients, must show; empty: none is asked.
    pub keys: Vec<String>,
    /// Requests a minute and address on the compatible endpoints; 0: no limit.
    pub rate_limit_per_minute: u32,
    /// The same for questions about history, each of which reads the disk, while there is a limit at all; they count as others too.
    pub history_limit_per_minute: u32,
    /// `Access-Control-Allow-Origin` of the public endpoints; empty: none is sent.
    pub allow_origin: String,
    /// Address and port of alerts.com.ua's TCP protocol; `None`: it is not spoken.
    pub alerts_com_ua_tcp: Option<SocketAddr>,
    /// Whether webhooks may call loopback and private addresses.
    pub webhook_private: bool,
}

impl Default for ServerTable {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            mqtt_listen: None,
            mode: Mode::Relay,
            status: Status::Actual,
            keys: Vec::new(),
            rate_limit_per_minute: 0,
            history_limit_per_minute: 2,
            allow_origin: "*".into(),
            alerts_com_ua_tcp: None,
            webhook_private: false,
        }
    }
}

/// `[tls]`: the same served in TLS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsTable {
    /// Address and port of the page, the streams and the endpoints.
    pub listen: SocketAddr,
    /// Address and port of MQTT; none: it is not served in TLS.
    pub mqtt_listen: Option<SocketAddr>,
    /// The chain of certificates, PEM, the server's own first.
    pub cert: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// `[store]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreTable {
    /// Folder of the record; made when missing.
    pub path: PathBuf,
}

impl Default for StoreTable {
    fn default() -> Self {
        Self { path: "allclear-data".into() }
    }
}

/// `[areas]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AreasTable {
    /// An alert service's region catalogue (JSON), for the numbers of hromadas.
    pub catalogue: Option<PathBuf>,
    /// Real boundaries (GeoJSON with codes), in place of the approximate outlines.
    pub boundaries: Option<PathBuf>,
    /// Where things came in before: what `allclear report entries` wrote.
    pub came_in: Option<PathBuf>,
}

/// `[cap]`: who sends messages of the Common Alerting Protocol.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapTable {
    /// `sender`, unique in the world; without it the name of the record.
    pub sender: Option<String>,
    /// `senderName`, for people.
    pub sender_name: Option<String>,
    /// The authority's object identifier, such as `2.49.0.1.804.7`: what every identifier begins with.
    pub oid: Option<String>,
    /// Address that feeds give as their own, without a slash at the end; without it what the client asked for.
    pub url: Option<String>,
}

impl CapTable {
    fn check(&self) -> Result<(), ConfigError> {
        let bad = |key: &str, why: &str| Err(ConfigError::Value(format!("[cap] {key}: {why}")));
        let name = |it: &String| {
            (1..=128).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_graphic() && !b"\",<>&'".contains(&b))
        };
        if self.sender.as_ref().is_some_and(|it| !name(it)) {
            return bad(
                "sender",
                "expected 1 to 128 ASCII characters without blanks, commas, quotation marks, <, > and &",
            );
        }
        if self.sender_name.as_ref().is_some_and(|it| {
            it.trim().is_empty() || it.len() > 128 || it.contains("://") || it.chars().any(char::is_control)
        }) {
            return bad("sender_name", "expected 1 to 128 bytes of words, without an address");
        }
        let arcs = |it: &String| {
            it.len() <= 64
                && it.split('.').count() >= 3
                && it.split('.').all(|arc| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()))
        };
        if self.oid.as_ref().is_some_and(|it| !arcs(it)) {
            return bad("oid", "expected numbers divided by dots, such as \"2.49.0.1.804.7\"");
        }
        if self.url.as_ref().is_some_and(|it| {
            !(it.starts_with("https://") || it.starts_with("http://")) || it.ends_with('/') || !name(it)
        }) {
            return bad(
                "url",
                "expected an address such as \"https://alerts.example.org\", without a slash at the end",
            );
        }
        Ok(())
    }
}

/// The configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[server]`
    pub server: ServerTable,
    /// Folder of the record.
    pub store: PathBuf,
    /// Region catalogue.
    pub catalogue: Option<PathBuf>,
    /// Real boundaries.
    pub boundaries: Option<PathBuf>,
    /// Where things came in before.
    pub came_in: engine::CameIn,
    /// Policy.
    pub policy: Policy,
    /// APIs to poll.
    pub upstreams: Vec<UpstreamConfig>,
    /// Other sources.
    pub feeds: Vec<FeedConfig>,
    /// People who may act.
    pub officers: Vec<Officer>,
    /// People who may review the chronicle.
    pub reviewers: Vec<Reviewer>,
    /// Brokers that are told everything.
    pub bridges: Vec<BridgeConfig>,
    /// Devices that sound.
    pub sirens: Option<SirensConfig>,
    /// `[cap]`
    pub cap: CapTable,
    /// `[tls]`
    pub tls: Option<TlsTable>,
    /// `[push]`
    pub push: PushTable,
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It could not be read.
    #[error("read the configuration {path}: {source}")]
    Read {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind; the text shows line and column.
    #[error("understand the configuration {path}: {why}")]
    Syntax {
        /// Where.
        path: PathBuf,
        /// Why, with line, column and the line itself.
        why: String,
    },
    /// A value that cannot work.
    #[error("accept the configuration: {0}")]
    Value(String),
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            server: ServerTable::default(),
            store: StoreTable::default(),
            areas: AreasTable::default(),
            cap: CapTable::default(),
            push: PushTable::default(),
            policy: forecast(),
            upstream: Vec::new(),
            feed: Vec::new(),
            officer: Vec::new(),
            reviewer: Vec::new(),
            mqtt: Vec::new(),
            tls: None,
            sirens: SirensTable::default(),
            siren: Vec::new(),
        }
    }
}

/// The policy of that name, or in that file, taken from `folder`. A name without a dot or a slash is a shipped one's.
pub fn policy(name: &str, folder: &Path) -> Result<Policy, ConfigError> {
    if let Some(policy) = Policy::shipped(name) {
        return Ok(policy);
    }
    if !name.contains(['.', '/', '\\']) {
        let shipped = Policy::names().collect::<Vec<_>>().join(", ");
        return Err(ConfigError::Value(format!(
            "policy {name:?}: no shipped policy has this name ({shipped}); a file is named with its ending, such as \"{name}.toml\""
        )));
    }
    let path = folder.join(name);
    let read = |source| ConfigError::Read { path: path.clone(), source };
    let size = std::fs::metadata(&path).map_err(read)?.len();
    if size > POLICY_BYTES_MAX {
        return Err(ConfigError::Value(format!("policy {}: {size} bytes, at most {POLICY_BYTES_MAX}", path.display())));
    }
    let text = std::fs::read_to_string(&path).map_err(read)?;
    Policy::read(&text)
        .map_err(|error| ConfigError::Value(format!("policy {}:{}: failed to {error}", path.display(), error.line)))
}

/// Where things came in before, as `allclear report entries` wrote it.
pub fn came_in(path: &Path) -> Result<engine::CameIn, ConfigError> {
    let read = |source| ConfigError::Read { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(read)?.len();
    if size > POLICY_BYTES_MAX {
        return Err(ConfigError::Value(format!(
            "came_in {}: {size} bytes, at most {POLICY_BYTES_MAX}",
            path.display()
        )));
    }
    let text = std::fs::read_to_string(path).map_err(read)?;
    toml::from_str(&text).map_err(|error| ConfigError::Syntax { path: path.to_owned(), why: error.to_string() })
}

impl Config {
    /// Reads and checks the file at `path`. Relative paths in it are taken from its folder.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
        let file: ConfigFile =
            toml::from_str(&text).map_err(|error| ConfigError::Syntax { path: path.into(), why: error.to_string() })?;
        Self::check(file, path.parent().unwrap_or(Path::new(".")))
    }

    /// Checks a configuration; `folder` is where relative paths begin.
    pub fn check(file: ConfigFile, folder: &Path) -> Result<Self, ConfigError> {
        let names: Vec<&str> =
            file.upstream.iter().map(|u| u.name.as_str()).chain(file.feed.iter().map(|f| f.name.as_str())).collect();
        if names.len() > SOURCES_MAX {
            return Err(ConfigError::Value(format!("{} sources: at most {SOURCES_MAX}", names.len())));
        }
        let mut known = BTreeSet::new();
        for name in names {
            if name.is_empty() || name.len() > model::id::ID_BYTES_MAX || name.chars().any(char::is_control) {
                return Err(ConfigError::Value(format!(
                    "source name {name:?}: expected 1 to 128 bytes, no control characters"
                )));
            }
            if name == STRANGER {
                return Err(ConfigError::Value(format!(
                    "source name {name:?} is kept for unknown senders: choose another"
                )));
            }
            if !known.insert(name) {
                return Err(ConfigError::Value(format!("two sources named {name:?}: each name may stand once")));
            }
        }
        for upstream in &file.upstream {
            upstream.check().map_err(ConfigError::Value)?;
        }
        for feed in &file.feed {
            feed.check().map_err(ConfigError::Value)?;
        }
        file.cap.check()?;
        file.push.check().map_err(ConfigError::Value)?;
        let officers = people("officer", file.officer.iter().map(|it| (&it.name, &it.token_file)), folder)?;
        let reviewers = reviewers(&file.reviewer, &officers, folder)?;
        let bridges = bridges(file.mqtt, folder)?;
        let sirens = SirensConfig::checked(file.sirens, &file.siren, &bridges).map_err(ConfigError::Value)?;
        let config = Self {
            officers,
            reviewers,
            bridges,
            sirens,
            store: folder.join(&file.store.path),
            catalogue: file.areas.catalogue.map(|p| folder.join(p)),
            boundaries: file.areas.boundaries.map(|p| folder.join(p)),
            came_in: file.areas.came_in.map_or_else(|| Ok(engine::CameIn::default()), |p| came_in(&folder.join(p)))?,
            upstreams: file.upstream.into_iter().map(|u| u.resolved(folder)).collect(),
            feeds: file.feed.into_iter().map(|f| f.resolved(folder)).collect(),
            server: file.server,
            cap: file.cap,
            tls: file.tls.map(|tls| TlsTable { cert: folder.join(tls.cert), key: folder.join(tls.key), ..tls }),
            push: file.push,
            policy: policy(&file.policy, folder)?,
        };
        Ok(config)
    }

    /// The engine's configuration. Refuses area codes that do not exist and policies that could never work.
    pub fn engine(&self, areas: &AreaSet) -> Result<engine::Config, ConfigError> {
        // Asked here, after the command line had its say about the address.
        if let Some(feed) = self.feeds.iter().find(|feed| feed.takes_orders_from_anyone())
            && !self.server.listen.ip().is_loopback()
        {
            return Err(ConfigError::Value(format!(
                "official feed {:?} takes posts without a token while [server] listens on {}: anyone there could end an alert; give it a token, token_file or token_env",
                feed.name, self.server.listen
            )));
        }
        let mut sources = BTreeMap::new();
        for upstream in &self.upstreams {
            sources.insert(SourceId::new(&upstream.name), upstream.profile());
        }
        for feed in &self.feeds {
            sources.insert(SourceId::new(&feed.name), feed.profile());
        }
        for (name, profile) in &sources {
            for code in profile.areas.iter().chain(&profile.senses) {
                known(areas, name, *code)?;
            }
        }
        for bridge in &self.bridges {
            bridge.check_areas(areas).map_err(ConfigError::Value)?;
        }
        if let Some(sirens) = &self.sirens {
            sirens.check_areas(areas).map_err(ConfigError::Value)?;
        }
        sources.insert(SourceId::new(STRANGER), stranger());
        let config = engine::Config {
            status: self.server.status,
            mode: self.server.mode,
            sources,
            policy: self.policy.clone(),
            came_in: self.came_in.clone(),
        };
        let checked = config.validate().and_then(|()| config.came_in.validate_areas(areas));
        checked.map_err(|error| ConfigError::Value(error.to_string()))?;
        Ok(config)
    }
}

/// Checks the bridges. Two of one name would push each other off their broker.
fn bridges(tables: Vec<BridgeConfig>, folder: &Path) -> Result<Vec<BridgeConfig>, ConfigError> {
    if tables.len() > BRIDGES_MAX {
        return Err(ConfigError::Value(format!("{} mqtt tables: at most {BRIDGES_MAX}", tables.len())));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = tables.iter().find(|table| !names.insert(&table.name)) {
        return Err(ConfigError::Value(format!("two mqtt tables named {:?}: each name may stand once", twice.name)));
    }
    tables.into_iter().map(|table| table.checked(folder).map_err(ConfigError::Value)).collect()
}

/// Reads the tokens of people. Two of one kind with one token could not be told apart.
fn people<'a>(
    kind: &str,
    tables: impl Iterator<Item = (&'a String, &'a PathBuf)>,
    folder: &Path,
) -> Result<Vec<Officer>, ConfigError> {
    let mut people: Vec<Officer> = Vec::new();
    for (name, token_file) in tables {
        let path = folder.join(token_file);
        let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
        let refused = |why: &str| Err(ConfigError::Value(format!("{kind} {name:?}: {why}")));
        let name_fits = !name.is_empty() && name.len() <= 64 && !name.chars().any(char::is_control);
        if !name_fits {
            return refused("expected a name of 1 to 64 bytes without control characters");
        }
        if text.trim().len() < 16 {
            return refused("expected a token of 16 bytes or more in its token_file");
        }
        let token = Secret::new(text.trim());
        if people.iter().any(|o| o.name == *name || o.token.reveal() == token.reveal()) {
            return refused(&format!("its name or token is another {kind}'s too"));
        }
        people.push(Officer { name: name.clone(), token });
    }
    Ok(people)
}

/// Reads the reviewers. A token of an officer would let one secret do both.
fn reviewers(tables: &[ReviewerTable], officers: &[Officer], folder: &Path) -> Result<Vec<Reviewer>, ConfigError> {
    let people = people("reviewer", tables.iter().map(|it| (&it.name, &it.token_file)), folder)?;
    let mut reviewers = Vec::new();
    for (person, table) in people.into_iter().zip(tables) {
        let refused = |why: &str| Err(ConfigError::Value(format!("reviewer {:?}: {why}", table.name)));
        if table.may.is_empty() {
            return refused("may = []: expected at least one of \"read\", \"grade\", \"publish\", \"import\"");
        }
        if officers.iter().any(|officer| officer.token.reveal() == person.token.reveal()) {
            return refused("its token is an officer's too");
        }
        reviewers.push(Reviewer { person, may: table.may.iter().copied().collect() });
    }
    Ok(reviewers)
}

fn known(areas: &AreaSet, source: &SourceId, code: Code) -> Result<(), ConfigError> {
    areas.get(code).map(|_| ()).ok_or_else(|| {
        ConfigError::Value(format!(
            "area {code} of source {source}: not in the area set; `allclear areas list` shows the codes"
        ))
    })
}

/// The profile under which unknown senders' refusals are counted: never official, never believed.
fn stranger() -> SourceProfile {
    SourceProfile {
        official: false,
        stale_after_ms: engine::config::STALE_AFTER_MS_MAX,
        trust: 0.0,
        ..SourceProfile::default()
    }
}
