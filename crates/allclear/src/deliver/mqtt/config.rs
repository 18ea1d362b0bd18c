//! The table `[[mqtt]]` of the configuration: another MQTT broker that is told everything.
//!
//! What comes in: the table as written. What goes out: the same, checked, with the password read. What always holds: a password
//! is never shown. Every key: docs/reference/config.md.

use super::tree::root;
use crate::feed::config::Secret;
use model::{AreaSet, Code, Status};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Most bridges of one server.
pub const BRIDGES_MAX: usize = 16;
/// Most areas of one bridge.
const AREAS_MAX: usize = 2048;
/// Longest value of a text, in bytes.
const TEXT_BYTES_MAX: usize = 256;

/// `[[mqtt]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeConfig {
    /// Name, unique among bridges; its client identifier too.
    pub name: String,
    /// `host` or `host:port`.
    pub broker: String,
    /// Whether TLS is spoken with it.
    #[serde(default)]
    pub tls: bool,
    /// Certificates to trust (PEM), in place of what the system trusts.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// User name.
    #[serde(default)]
    pub user: Option<String>,
    /// Password, in the file itself.
    #[serde(default)]
    pub password: Option<Secret>,
    /// File that holds the password alone.
    #[serde(default)]
    password_file: Option<PathBuf>,
    /// Environment variable that holds the password.
    #[serde(default)]
    password_env: Option<String>,
    /// Where its topics begin; the server's own beginning when missing.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Communities that are told of, with all below them; empty: all.
    #[serde(default)]
    pub areas: Vec<Code>,
    /// Where Home Assistant looks for devices; empty: it is told of none.
    #[serde(default = "homeassistant")]
    pub discovery: String,
}

fn homeassistant() -> String {
    "homeassistant".to_owned()
}

impl BridgeConfig {
    /// Refuses values that could not work, and reads the password. The text fits after "failed to accept the configuration:".
    pub fn checked(mut self, folder: &Path) -> Result<Self, String> {
        let refused = |key: &str, why: &str| Err(format!("{key} of mqtt {:?}: {why}", self.name));
        let name_fits = self.name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if self.name.is_empty() || self.name.len() > 64 || !name_fits {
            return refused("name", "expected 1 to 64 letters, digits, '-', '_' or '.'");
        }
        if self.broker.contains("://") {
            return refused("broker", "expected host or host:port without a scheme; `tls = true` is for TLS");
        }
        if self.address().is_none() {
            return refused("broker", "expected host or host:port");
        }
        let topics = [self.prefix.as_deref().unwrap_or("allclear"), &self.discovery];
        if topics.iter().any(|topic| !is_beginning(topic)) || self.prefix.as_deref() == Some("") {
            return refused(
                "prefix or discovery",
                "expected a topic of at most 256 bytes, without '+', '#' and a '/' at either end",
            );
        }
        if self.ca_file.is_some() && !self.tls {
            return refused("ca_file", "expected `tls = true` beside it");
        }
        if self.areas.len() > AREAS_MAX {
            return refused("areas", "at most 2048");
        }
        let given = [self.password.is_some(), self.password_file.is_some(), self.password_env.is_some()];
        if given.iter().filter(|given| **given).count() > 1 {
            return refused("password", "expected one of password, password_file and password_env");
        }
        let read = match (&self.password_file, &self.password_env) {
            (Some(file), _) => {
                let path = folder.join(file);
                let text = std::fs::read_to_string(&path);
                Some(text.map_err(|error| format!("read the password file {}: {error}", path.display()))?)
            }
            (None, Some(name)) => {
                Some(std::env::var(name).map_err(|error| format!("read the password from {name}: {error}"))?)
            }
            (None, None) => None,
        };
        if let Some(text) = read {
            self.password = Some(Secret::new(text.trim()));
        }
        self.ca_file = self.ca_file.map(|path| folder.join(path));
        let long = |text: &str| text.len() > TEXT_BYTES_MAX;
        if self.user.as_deref().is_some_and(long) || self.password.as_ref().is_some_and(|word| long(word.reveal())) {
            return Err(format!("user or password of mqtt {:?}: longer than {TEXT_BYTES_MAX} bytes", self.name));
        }
        if self.password.is_some() && self.user.is_none() {
            return Err(format!("password of mqtt {:?}: expected a user beside it", self.name));
        }
        Ok(self)
    }

    /// Refuses areas that do not exist.
    pub fn check_areas(&self, areas: &AreaSet) -> Result<(), String> {
        match self.areas.iter().find(|code| areas.get(**code).is_none()) {
            Some(code) => Err(format!(
                "area {code} of mqtt {:?}: not in the area set; `allclear areas list` shows the codes",
                self.name
            )),
            None => Ok(()),
        }
    }

    /// Host and port.
    pub fn address(&self) -> Option<(&str, u16)> {
        let (host, port) = match self.broker.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()?),
            _ => (self.broker.as_str(), if self.tls { 8883 } else { 1883 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let fits = !host.is_empty() && host.len() <= TEXT_BYTES_MAX && !host.contains(['/', ' ', '@']);
        fits.then_some((host, port))
    }

    /// Where its topics begin. An exercise without a prefix of its own has the exercise's.
    pub fn prefix(&self, status: Status) -> &str {
        self.prefix.as_deref().unwrap_or(root(status))
    }
}

/// Whether a topic may begin so; nothing is no beginning, and is allowed where there need be none.
fn is_beginning(topic: &str) -> bool {
    topic.len() <= TEXT_BYTES_MAX
        && !topic.contains(['+', '#', '\0'])
        && !topic.starts_with(['/', '$'])
        && !topic.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &str, expected: Result<(&str, u16), &str>) {
        let config: BridgeConfig = toml::from_str(table).unwrap();
        let found = config.checked(Path::new("/nowhere"));
        match (&found, expected) {
            (Ok(config), Ok(address)) => assert_eq!(config.address(), Some(address), "{table}"),
            (Err(why), Err(part)) => assert!(why.contains(part), "{table}: {why}"),
            _ => panic!("{table}: {found:?}"),
        }
    }

    #[test]
    fn a_bridge_is_checked_before_it_is_built() {
        let least = |broker: &str| format!("name = \"home\"\nbroker = \"{broker}\"\n");
        check(&least("broker.lan"), Ok(("broker.lan", 1883)));
        check(&least("127.0.0.1:1884"), Ok(("127.0.0.1", 1884)));
        check(&least("[::1]:1884"), Ok(("::1", 1884)));
        check(&least("::1"), Ok(("::1", 1883)));
        check(&least("mqtts://broker:8883"), Err("scheme"));
        check(&(least("broker.lan") + "tls = true"), Ok(("broker.lan", 8883)));
        check(&(least("broker.lan") + "ca_file = \"ca.pem\""), Err("tls"));
        check(&least("broker:port"), Err("host:port"));
        check(&least(""), Err("host:port"));
        check("name = \"a b\"\nbroker = \"b\"", Err("name"));
        check(&(least("b") + "prefix = \"a/#\""), Err("prefix"));
        check(&(least("b") + "prefix = \"\""), Err("prefix"));
        check(&(least("b") + "discovery = \"\""), Ok(("b", 1883)));
        check(&(least("b") + "password = \"x\""), Err("user"));
        check(&(least("b") + "user = \"u\"\npassword_file = \"none\""), Err("/nowhere/none"));
        check(&(least("b") + "user = \"u\"\npassword = \"x\"\npassword_env = \"X\""), Err("one of"));
    }
}
