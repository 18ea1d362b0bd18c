//! Requests to addresses that strangers gave: webhooks and push services.
//!
//! What comes in: an address, as it was given. What goes out: a client that reaches the open internet alone, and how long to wait
//! before the next attempt.
//! What always holds:
//!   without the configuration's leave: https only, and no loopback, private or otherwise local address, whatever name it hides
//!   behind, at every connection
//!   no redirect is followed, and no proxy of the environment is asked; of an answer nothing is read but its head
//!   waits between attempts grow, have a bound, and differ between receivers

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Url};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Longest address, in bytes.
pub const URL_BYTES_MAX: usize = 2048;
/// How long one request may take, and the connection of it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait between attempts, when the receiver does not ask for one.
const WAIT_MAX: Duration = Duration::from_mins(5);
/// Longest and shortest wait that a receiver may ask for.
const ASKED: [Duration; 2] = [Duration::from_secs(1), Duration::from_hours(1)];

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Longer than allowed.
    #[error("the address is longer than {URL_BYTES_MAX} bytes")]
    Long,
    /// Not an address.
    #[error("not an absolute address that begins with https:// and names a host")]
    Unreadable,
    /// Credentials in it, which would be sent to wherever it leads.
    #[error("the address holds a user or a password")]
    Credentials,
    /// A local address.
    #[error("a loopback, private or otherwise local address; the server's configuration does not allow those")]
    Local,
}

/// Reads an address. `private`: local addresses and plain http are allowed.
pub fn read(text: &str, private: bool) -> Result<Url, Refused> {
    if text.len() > URL_BYTES_MAX {
        return Err(Refused::Long);
    }
    let url = Url::parse(text.trim()).map_err(|_| Refused::Unreadable)?;
    check(&url, private)?;
    Ok(url)
}

/// Checks an address that was read.
pub fn check(url: &Url, private: bool) -> Result<(), Refused> {
    let scheme_fits = url.scheme() == "https" || (private && url.scheme() == "http");
    let host = url.host_str().unwrap_or_default();
    if !scheme_fits || host.is_empty() {
        return Err(Refused::Unreadable);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    // A name is looked at when it is resolved.
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    if !private && literal.is_some_and(|ip| !public(ip)) {
        return Err(Refused::Local);
    }
    Ok(())
}

/// A client for such addresses, keeping at most `idle` connections to a host.
pub fn client(private: bool, idle: usize) -> reqwest::Result<Client> {
    crate::tls::choose();
    let builder = Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(idle)
        .https_only(!private);
    if private { builder.build() } else { builder.dns_resolver(Arc::new(PublicOnly)).build() }
}

/// Resolves names to public addresses only, at each connection: a name may change its address after it was checked.
#[derive(Debug)]
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let all: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let open: Vec<SocketAddr> = all.into_iter().filter(|address| public(address.ip())).collect();
            if open.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the open internet.
fn public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let local = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || ip.is_broadcast();
    let shared = a == 100 && (64..128).contains(&b);
    let special = a == 0 || a >= 224 || (a == 192 && b == 0 && c == 0) || (a == 198 && (b == 18 || b == 19));
    !(local || shared || special || ip.is_documentation())
}

fn public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return public_v4(inner);
    }
    // Only 2000::/3 is given out; 6to4 and Teredo hide an address of the other kind.
    let [first, second, ..] = ip.segments();
    let global = first & 0xe000 == 0x2000;
    let tunnel = first == 0x2002 || (first == 0x2001 && second == 0);
    let documentation = first == 0x2001 && second == 0x0db8;
    global && !tunnel && !documentation
}

/// The wait before attempt `attempt` (1 is the first repetition): up to `first` doubled each time, evenly between half of it and all
/// of it, so that receivers which failed together are not tried together again.
pub fn wait(first: Duration, attempt: u32) -> Duration {
    let whole = first.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX)).min(WAIT_MAX);
    let mut drawn = [0_u8; 2];
    // Without randomness the longest wait is as good as any.
    let share = if getrandom::fill(&mut drawn).is_ok() { u32::from(u16::from_le_bytes(drawn)) } else { 65_535 };
    whole / 2 + whole / 131_072 * share
}

/// The wait that a receiver asked for (RFC 9110, section 10.2.3), within bounds. `now_s`: seconds after 1970.
pub fn asked(headers: &HeaderMap, now_s: i64) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = text.parse::<u64>() {
        seconds
    } else {
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second();
        u64::try_from(at.saturating_sub(now_s)).unwrap_or(0)
    };
    let [least, most] = ASKED;
    Some(Duration::from_secs(seconds).clamp(least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_open_internet_are_public() {
        let cases = [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::ffff:127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2a00:1450:4001::1", true),
        ];
        for (text, expected) in cases {
            assert_eq!(public(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn an_address_of_a_stranger_leads_to_the_open_internet_or_is_refused() {
        let cases = [
            ("https://push.example.org/x", None),
            ("https://push.example.org:8443/x", None),
            ("http://push.example.org/x", Some(Refused::Unreadable)),
            ("https://user:word@push.example.org/", Some(Refused::Credentials)),
            ("https://127.0.0.1/x", Some(Refused::Local)),
            // Other ways to write the same, which the standard for addresses makes one.
            ("https://2130706433/x", Some(Refused::Local)),
            ("https://0x7f.1/x", Some(Refused::Local)),
            ("https://[::1]/x", Some(Refused::Local)),
            ("https://[::ffff:10.0.0.1]/x", Some(Refused::Local)),
            ("https://169.254.169.254/latest", Some(Refused::Local)),
            ("ftp://example.org/x", Some(Refused::Unreadable)),
            ("file:///etc/passwd", Some(Refused::Unreadable)),
            ("example.org", Some(Refused::Unreadable)),
            ("", Some(Refused::Unreadable)),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text, false).err(), expected, "{text}");
        }
        assert_eq!(read(&format!("https://e.org/{}", "x".repeat(URL_BYTES_MAX)), true), Err(Refused::Long));
        assert!(read("http://127.0.0.1:8080/x", true).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_called() {
        // `localhost` is a name, and what it resolves to is local.
        let error = client(false, 0).unwrap().post("https://localhost:1/x").send().await.unwrap_err();
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        let mut why = Vec::new();
        while let Some(error) = cause {
            why.push(error.to_string());
            cause = error.source();
        }
        let why = why.join("; ");
        assert!(why.contains("no public address"), "{why}");
    }

    #[test]
    fn waits_grow_to_a_bound_and_differ() {
        let first = Duration::from_secs(1);
        for (attempt, whole_s) in [(1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (90, 300)] {
            let whole = Duration::from_secs(whole_s);
            for _ in 0..20 {
                let waited = wait(first, attempt);
                assert!(whole / 2 <= waited && waited <= whole, "{attempt}: {waited:?}");
            }
        }
        let all: std::collections::BTreeSet<_> = (0..20).map(|_| wait(first, 9)).collect();
        assert!(all.len() > 1);
    }

    #[test]
    fn a_wait_that_is_asked_for_is_kept_within_bounds() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            // 2026-11-23T03:00:00Z.
            asked(&headers, 1_795_402_800).map(|wait| wait.as_secs())
        };
        assert_eq!(of("120"), Some(120));
        assert_eq!(of("0"), Some(1));
        assert_eq!(of("999999999999"), Some(3600));
        assert_eq!(of("Mon, 23 Nov 2026 03:02:00 GMT"), Some(120));
        assert_eq!(of("Mon, 23 Nov 2026 02:00:00 GMT"), Some(1));
        assert_eq!(of("soon"), None);
        assert_eq!(asked(&HeaderMap::new(), 0), None);
    }
}
