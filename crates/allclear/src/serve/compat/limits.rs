//! Who may ask, and how often.
//!
//! What comes in: a request's key and address. What goes out: nothing, or the error that service's clients know.
//! What always holds: with no keys configured everyone may ask; with no limit configured nobody is counted;
//! the memory of who asked is bounded.

use crate::config::ServerTable;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Addresses remembered within one minute. Beyond that new ones are not counted: a warning goes before a count.
const ADDRESSES_MAX: usize = 100_000;

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Which service's manners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// `Authorization: Bearer KEY` or `?token=KEY`.
    AlertsInUa,
    /// `Authorization: KEY`.
    UkraineAlarm,
    /// `X-API-Key: KEY`.
    AlertsComUa,
}

/// Why a request was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) code: StatusCode,
    pub(super) message: &'static str,
}

/// The key in an `Authorization`, with or without its scheme.
pub(super) fn bare(authorization: &str) -> &str {
    let shown = authorization.trim();
    match shown.split_once(' ') {
        Some((scheme, key)) if ["bearer", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => key.trim(),
        _ => shown,
    }
}

/// The key that a request shows; empty when it shows none.
pub(super) fn key_shown(service: Service, headers: &HeaderMap, uri: &Uri) -> String {
    let shown = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    if service == Service::AlertsComUa {
        return shown(X_API_KEY).trim().to_owned();
    }
    let bare = bare(shown(header::AUTHORIZATION));
    if bare.is_empty() && service == Service::AlertsInUa {
        let Ok(url) = reqwest::Url::parse(&format!("http://x/?{}", uri.query().unwrap_or_default())) else {
            return String::new();
        };
        return url
            .query_pairs()
            .find(|(name, _)| name == "token")
            .map(|(_, key)| key.into_owned())
            .unwrap_or_default();
    }
    bare.to_owned()
}

/// Checks the key against the configured ones.
pub(super) fn check_key(service: Service, keys: &[String], shown: &str) -> Result<(), Refused> {
    if keys.is_empty() || keys.iter().any(|key| same(key.as_bytes(), shown.as_bytes())) {
        return Ok(());
    }
    Err(match (service, shown.is_empty()) {
        (Service::UkraineAlarm, true) => {
            Refused { code: StatusCode::FORBIDDEN, message: "API key required: send it as Authorization: KEY" }
        }
        (Service::AlertsComUa, _) => {
            Refused { code: StatusCode::FORBIDDEN, message: "Unknown or missing X-API-Key value" }
        }
        _ => Refused { code: StatusCode::UNAUTHORIZED, message: "API token is missing, wrong or revoked" },
    })
}

/// Compares in a time that does not tell where the first difference is.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

/// Questions of the present minute.
#[derive(Debug)]
pub(super) struct Limits {
    began: Instant,
    // Guarded by its mutex; emptied when a minute begins.
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    minute: u64,
    by: BTreeMap<IpAddr, [u32; 2]>,
}

impl Limits {
    /// Nobody has asked yet.
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), asked: Mutex::default() }
    }

    /// Counts a question by the limits of `server`.
    pub(super) fn count(&self, server: &ServerTable, address: IpAddr, history: bool) -> Result<(), Refused> {
        let most = (server.rate_limit_per_minute, server.history_limit_per_minute);
        self.count_at(self.began.elapsed().as_secs() / 60, most, address, history)
    }

    /// `most`: questions at all, 0: no limit, and of history.
    fn count_at(&self, minute: u64, most: (u32, u32), address: IpAddr, history: bool) -> Result<(), Refused> {
        let (a_minute, history_a_minute) = most;
        if a_minute == 0 {
            return Ok(());
        }
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.minute != minute {
            *asked = Asked { minute, by: BTreeMap::new() };
        }
        if asked.by.len() >= ADDRESSES_MAX && !asked.by.contains_key(&address) {
            return Ok(());
        }
        let [all, of_history] = asked.by.entry(address).or_default();
        *all = all.saturating_add(1);
        *of_history = of_history.saturating_add(u32::from(history));
        if *all > a_minute || (history && *of_history > history_a_minute) {
            return Err(Refused {
                code: StatusCode::TOO_MANY_REQUESTS,
                message: "Too many requests: wait for the next minute; /api/v1/stream pushes every change instead",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_each_service_sends_it() {
        let cases = [
            (Service::AlertsInUa, "Bearer abc", "/v1/x", "abc"),
            (Service::AlertsInUa, "", "/v1/x?a=1&token=abc", "abc"),
            (Service::AlertsInUa, "", "/v1/x?token=a%2Bb%20c", "a+b c"),
            (Service::AlertsInUa, "", "/v1/x", ""),
            (Service::UkraineAlarm, "abc", "/api/v3/alerts", "abc"),
            (Service::UkraineAlarm, "abc:def", "/api/v3/alerts", "abc:def"),
            (Service::UkraineAlarm, "Bearer abc", "/api/v3/alerts", "abc"),
            (Service::UkraineAlarm, "", "/api/v3/alerts?token=abc", ""),
        ];
        for (service, shown, uri, key) in cases {
            let mut headers = HeaderMap::new();
            if !shown.is_empty() {
                headers.insert(header::AUTHORIZATION, HeaderValue::from_str(shown).unwrap());
            }
            assert_eq!(key_shown(service, &headers, &uri.parse().unwrap()), key, "{shown} {uri}");
        }
    }

    #[test]
    fn without_configured_keys_everyone_may_ask() {
        assert!(check_key(Service::AlertsInUa, &[], "").is_ok());
        let keys = ["k1".to_owned(), "k2".to_owned()];
        assert!(check_key(Service::AlertsInUa, &keys, "k2").is_ok());
        let code = |service, shown| check_key(service, &keys, shown).unwrap_err().code.as_u16();
        assert_eq!(code(Service::AlertsInUa, ""), 401);
        assert_eq!(code(Service::AlertsInUa, "k3"), 401);
        assert_eq!(code(Service::UkraineAlarm, ""), 403);
        assert_eq!(code(Service::UkraineAlarm, "k3"), 401);
        assert_eq!(code(Service::AlertsComUa, ""), 403);
    }

    #[test]
    fn who_asks_too_often_is_turned_away_until_the_next_minute() {
        let limits = Limits::new();
        let (a, b) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for _ in 0..12 {
            limits.count_at(0, (12, 2), a, false).unwrap();
        }
        assert_eq!(limits.count_at(0, (12, 2), a, false).unwrap_err().code, StatusCode::TOO_MANY_REQUESTS);
        limits.count_at(0, (12, 2), b, false).unwrap();
        limits.count_at(1, (12, 2), a, true).unwrap();
        limits.count_at(1, (12, 2), a, true).unwrap();
        assert!(limits.count_at(1, (12, 2), a, true).is_err(), "history has a limit of its own");
        assert!(limits.count_at(1, (12, 3), a, true).is_err(), "the one that was turned away counts");
        assert!(limits.count_at(1, (12, 9), a, true).is_ok(), "as many as are configured");
        assert!(limits.count_at(1, (0, 2), a, true).is_ok(), "no limit configured");
    }
}
