//! The tables `[[upstream]]` and `[[feed]]` of the configuration.
//!
//! What comes in: the tables as written. What goes out: checked tables with paths resolved and tokens read, and the
//! [`SourceProfile`] the engine knows each source by. What always holds: a token is never shown, not by `Debug`
//! either. Every key: docs/reference/config.md.

use engine::{SensorModel, SourceProfile};
use model::Code;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// Longest token, in bytes.
const TOKEN_BYTES_MAX: usize = 4096;

/// A word that must not be shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps a word secret.
    pub fn new(word: &str) -> Self {
        Self(word.to_owned())
    }

    /// The word itself, for the wire.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Which API an upstream speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpstreamKind {
    /// `/v1/alerts/active.json` of alerts.in.ua, or of a server that speaks as it does.
    AlertsInUa,
    /// `/api/v3/alerts` of ukrainealarm, or of a server that speaks as it does.
    Ukrainealarm,
    /// The keyless copy of ukrainealarm.
    SirenPpUa,
}

impl UpstreamKind {
    /// The service's own address.
    pub const fn url(self) -> &'static str {
        match self {
            Self::AlertsInUa => "https://api.alerts.in.ua",
            Self::Ukrainealarm => "https://api.ukrainealarm.com",
            Self::SirenPpUa => "https://siren.pp.ua",
        }
    }

    /// Seconds between two polls when the configuration names none: below each service's limit.
    const fn poll_s(self) -> u32 {
        match self {
            // 8 to 10 a minute are asked for; 12 are the end.
            Self::AlertsInUa => 8,
            // About 3 a minute are accepted for a key, and a change takes a second request.
            Self::Ukrainealarm => 25,
            Self::SirenPpUa => 10,
        }
    }

    /// Most requests in a minute that the service accepts.
    const fn requests_per_minute(self) -> u32 {
        match self {
            Self::AlertsInUa => 8,
            Self::Ukrainealarm => 3,
            Self::SirenPpUa => 12,
        }
    }
}

/// `[[upstream]]`: an official API that is polled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamConfig {
    /// Name, unique among all sources.
    pub name: String,
    /// Which API it speaks.
    pub kind: UpstreamKind,
    /// Base address; the service's own when missing.
    #[serde(default)]
    pub url: Option<String>,
    /// Token, in the file itself.
    #[serde(default)]
    token: Option<Secret>,
    /// File that holds the token alone.
    #[serde(default)]
    token_file: Option<PathBuf>,
    /// Environment variable that holds the token.
    #[serde(default)]
    token_env: Option<String>,
    /// Seconds between two polls, 1 to 300.
    #[serde(default)]
    poll_s: Option<u32>,
    /// Seconds of silence after which what it covers is unknown; at least two polls. Default: 90, or three polls.
    #[serde(default)]
    stale_after_s: Option<u32>,
    /// Communities it speaks for; empty: all.
    #[serde(default)]
    areas: Vec<Code>,
    /// Why the token could not be read.
    #[serde(skip)]
    token_error: Option<String>,
}

/// What a feed reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedKind {
    /// Message files in a directory.
    Directory,
    /// Messages on standard input, one a line.
    Stdin,
    /// Messages given to `POST /api/v1/reports`.
    Post,
}

/// `[[feed]]`: a source of messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedConfig {
    /// Name, unique among all sources.
    pub name: String,
    /// What it reads.
    pub kind: FeedKind,
    /// Directory of a directory feed.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// Whether its words are orders.
    #[serde(default)]
    pub official: bool,
    /// Probability that what it reports is there, 0 to 1.
    #[serde(default = "half")]
    pub trust: f64,
    /// Token that senders of a post feed must show.
    #[serde(default)]
    token: Option<Secret>,
    /// File that holds the token alone.
    #[serde(default)]
    token_file: Option<PathBuf>,
    /// Environment variable that holds the token.
    #[serde(default)]
    token_env: Option<String>,
    /// Seconds of silence after which it is stale. Default: 600.
    #[serde(default)]
    stale_after_s: Option<u32>,
    /// Communities an official feed speaks for; empty: all.
    #[serde(default)]
    areas: Vec<Code>,
    /// Areas that a live sensor feed covers; empty: none.
    #[serde(default)]
    senses: Vec<Code>,
    /// How well it senses.
    #[serde(default)]
    sensor: SensorModel,
    /// Why the token could not be read.
    #[serde(skip)]
    token_error: Option<String>,
}

const fn half() -> f64 {
    0.5
}

impl UpstreamConfig {
    /// Refuses values that could not work. The text fits after "failed to accept the configuration:".
    pub fn check(&self) -> Result<(), String> {
        let name = &self.name;
        if !(1..=300).contains(&self.poll_s()) {
            return Err(format!("poll_s of upstream {name:?}: found {}, expected 1 to 300", self.poll_s()));
        }
        let least_s = self.poll_s().saturating_mul(2);
        if !(least_s..=86_400).contains(&self.stale_after_s()) {
            let found = self.stale_after_s();
            return Err(format!(
                "stale_after_s of upstream {name:?}: found {found}, expected at least two polls ({least_s} s), at most 86400"
            ));
        }
        one_token(name, self.token.as_ref(), self.token_file.as_ref(), self.token_env.as_ref())?;
        if self.kind != UpstreamKind::SirenPpUa && self.url() == self.kind.url() && !self.has_token() {
            return Err(format!(
                "upstream {name:?}: this service asks for a key; expected token, token_file or token_env"
            ));
        }
        let url = reqwest::Url::parse(self.url())
            .map_err(|error| format!("url of upstream {name:?}: {error}; expected https://host"))?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme() {
            "https" => {}
            "http" if loopback || !self.has_token() => {}
            "http" => {
                return Err(format!("url of upstream {name:?}: a token travels in clear over http; expected https"));
            }
            other => return Err(format!("url of upstream {name:?}: scheme {other:?}, expected https")),
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(format!("url of upstream {name:?}: expected an address only; the token has a key of its own"));
        }
        Ok(())
    }

    /// The same with paths taken from `folder` and the token read.
    #[must_use]
    pub fn resolved(mut self, folder: &Path) -> Self {
        match read_token(self.token.take(), self.token_file.as_deref(), self.token_env.as_deref(), folder) {
            Ok(token) => self.token = token,
            Err(error) => self.token_error = Some(error),
        }
        self
    }

    /// How the engine knows it: official, believed, silent after `stale_after_s`.
    pub fn profile(&self) -> SourceProfile {
        SourceProfile {
            official: true,
            stale_after_ms: i64::from(self.stale_after_s()) * 1000,
            trust: 1.0,
            areas: self.areas.clone(),
            ..SourceProfile::default()
        }
    }

    /// The base address.
    pub fn url(&self) -> &str {
        self.url.as_deref().unwrap_or(self.kind.url())
    }

    /// Seconds between two polls.
    pub fn poll_s(&self) -> u32 {
        self.poll_s.unwrap_or(self.kind.poll_s())
    }

    /// Most requests in a minute, whatever the rest says. At another address than the service's own (a proxy, another
    /// AllClear) the service's limit is not asked for, and two requests a poll are enough.
    pub fn requests_per_minute(&self) -> u32 {
        let limit = self.kind.requests_per_minute();
        if self.url() == self.kind.url() { limit } else { limit.max(120 / self.poll_s().max(1)) }
    }

    /// Seconds of silence allowed.
    pub fn stale_after_s(&self) -> u32 {
        self.stale_after_s.unwrap_or(self.poll_s().saturating_mul(3).max(90))
    }

    /// The token, or why it could not be read.
    pub fn token(&self) -> Result<Option<&Secret>, &str> {
        self.token_error.as_deref().map_or(Ok(self.token.as_ref()), Err)
    }

    const fn has_token(&self) -> bool {
        self.token.is_some() || self.token_file.is_some() || self.token_env.is_some()
    }
}

impl FeedConfig {
    /// Whether whoever reaches the port can raise and end alerts through it.
    pub fn takes_orders_from_anyone(&self) -> bool {
        let token = self.token.is_some() || self.token_file.is_some() || self.token_env.is_some();
        self.official && self.kind == FeedKind::Post && !token
    }

    /// Refuses values that could not work. The text fits after "failed to accept the configuration:".
    pub fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let misplaced =
            |key: &str, kind: &str| Err(format!("{key} of feed {name:?}: only a feed of kind {kind:?} has one"));
        match (self.kind, &self.path) {
            (FeedKind::Directory, None) => {
                return Err(format!("feed {name:?}: a feed of kind \"directory\" needs a path"));
            }
            (FeedKind::Stdin | FeedKind::Post, Some(_)) => return misplaced("path", "directory"),
            _ => {}
        }
        let has_token = self.token.is_some() || self.token_file.is_some() || self.token_env.is_some();
        if self.kind != FeedKind::Post && has_token {
            return misplaced("token", "post");
        }
        if !self.official && !self.areas.is_empty() {
            return Err(format!("areas of feed {name:?}: only an official feed speaks for communities"));
        }
        if !(1..=86_400).contains(&self.stale_after_s()) {
            return Err(format!("stale_after_s of feed {name:?}: found {}, expected 1 to 86400", self.stale_after_s()));
        }
        one_token(name, self.token.as_ref(), self.token_file.as_ref(), self.token_env.as_ref())
    }

    /// The same with paths taken from `folder` and the token read.
    #[must_use]
    pub fn resolved(mut self, folder: &Path) -> Self {
        self.path = self.path.map(|path| folder.join(path));
        match read_token(self.token.take(), self.token_file.as_deref(), self.token_env.as_deref(), folder) {
            Ok(token) => self.token = token,
            Err(error) => self.token_error = Some(error),
        }
        self
    }

    /// How the engine knows it.
    pub fn profile(&self) -> SourceProfile {
        SourceProfile {
            official: self.official,
            stale_after_ms: i64::from(self.stale_after_s()) * 1000,
            trust: self.trust,
            areas: self.areas.clone(),
            senses: self.senses.clone(),
            sensor: self.sensor.clone(),
        }
    }

    /// Seconds of silence allowed.
    pub fn stale_after_s(&self) -> u32 {
        self.stale_after_s.unwrap_or(600)
    }

    /// The token, or why it could not be read.
    pub fn token(&self) -> Result<Option<&Secret>, &str> {
        self.token_error.as_deref().map_or(Ok(self.token.as_ref()), Err)
    }
}

fn one_token(name: &str, token: Option<&Secret>, file: Option<&PathBuf>, env: Option<&String>) -> Result<(), String> {
    let given = usize::from(token.is_some()) + usize::from(file.is_some()) + usize::from(env.is_some());
    if given > 1 {
        return Err(format!("source {name:?}: expected one of token, token_file and token_env, found {given}"));
    }
    let fit = token.map_or(Ok(()), |token| token_of(token.reveal()).map(drop));
    fit.map_err(|why| format!("token of source {name:?}: {why}"))
}

fn read_token(
    token: Option<Secret>,
    file: Option<&Path>,
    env: Option<&str>,
    folder: &Path,
) -> Result<Option<Secret>, String> {
    if let Some(file) = file {
        let path = folder.join(file);
        let shown = path.display();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("read the token file {shown}: {error}"))?;
        return token_of(&text).map(Some).map_err(|why| format!("use the token file {shown}: {why}"));
    }
    if let Some(name) = env {
        let text = std::env::var(name).map_err(|error| format!("read the token from the variable {name}: {error}"))?;
        return token_of(&text).map(Some).map_err(|why| format!("use the token of the variable {name}: {why}"));
    }
    Ok(token)
}

/// A token fit for a header: visible ASCII, nothing around it.
fn token_of(text: &str) -> Result<Secret, String> {
    let text = text.trim();
    if text.is_empty() || text.len() > TOKEN_BYTES_MAX || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(format!("expected 1 to {TOKEN_BYTES_MAX} visible ASCII characters without spaces"));
    }
    Ok(Secret(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(text: &str) -> Result<UpstreamConfig, String> {
        let config: UpstreamConfig = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    fn feed(text: &str) -> Result<FeedConfig, String> {
        let config: FeedConfig = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    #[test]
    fn a_name_and_a_kind_are_enough_for_an_upstream() {
        let config = upstream("name = 'a'\nkind = 'siren-pp-ua'").unwrap();
        assert_eq!((config.url(), config.poll_s(), config.stale_after_s()), ("https://siren.pp.ua", 10, 90));
        assert!(config.profile().official);
    }

    #[test]
    fn what_could_not_work_is_refused_with_the_key_and_what_would_have_been_right() {
        let cases = [
            ("name = 'a'\nkind = 'neptun'", "unknown variant `neptun`"),
            ("name = 'a'\nkind = 'alerts-in-ua'\npoll = 3", "unknown field `poll`"),
            ("name = 'a'\nkind = 'alerts-in-ua'\npoll_s = 0", "expected 1 to 300"),
            ("name = 'a'\nkind = 'alerts-in-ua'\npoll_s = 30\nstale_after_s = 40", "at least two polls (60 s)"),
            ("name = 'a'\nkind = 'alerts-in-ua'", "asks for a key"),
            ("name = 'a'\nkind = 'alerts-in-ua'\nurl = 'ftp://x'", "expected https"),
            ("name = 'a'\nkind = 'alerts-in-ua'\nurl = 'here'", "expected https://host"),
            ("name = 'a'\nkind = 'alerts-in-ua'\nurl = 'http://far.example'\ntoken = 't'", "in clear"),
            ("name = 'a'\nkind = 'alerts-in-ua'\nurl = 'https://x/?token=t'", "a key of its own"),
            ("name = 'a'\nkind = 'alerts-in-ua'\ntoken = 't'\ntoken_env = 'T'", "expected one of"),
            ("name = 'a'\nkind = 'alerts-in-ua'\ntoken = 'a b'", "without spaces"),
        ];
        for (text, expected) in cases {
            let error = upstream(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let cases = [
            ("name = 'a'\nkind = 'directory'", "needs a path"),
            ("name = 'a'\nkind = 'post'\npath = '/x'", "only a feed of kind \"directory\""),
            ("name = 'a'\nkind = 'stdin'\ntoken = 't'", "only a feed of kind \"post\""),
            ("name = 'a'\nkind = 'post'\nareas = ['UA59000000000057109']", "only an official feed"),
            ("name = 'a'\nkind = 'post'\nstale_after_s = 0", "expected 1 to 86400"),
        ];
        for (text, expected) in cases {
            let error = feed(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_token_is_read_from_its_file_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("key"), "  s3cret\n").unwrap();
        let config = feed("name = 'a'\nkind = 'post'\ntoken_file = 'key'").unwrap().resolved(dir.path());
        assert_eq!(config.token().unwrap().map(Secret::reveal), Some("s3cret"));
        assert!(!format!("{config:?}").contains("s3cret"));
        let config = feed("name = 'a'\nkind = 'post'\ntoken_file = 'none'").unwrap().resolved(dir.path());
        assert!(config.token().unwrap_err().contains("none"));
    }
}
