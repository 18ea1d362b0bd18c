//! Webhooks: one [`AlertRegion`] sent to each subscriber for each region whose alerts change.
//!
//! What comes in: subscriptions, and the changes of the snapshot. What goes out: POST requests.
//! What always holds:
//!   a subscriber's queue is the difference between what it was told and what is true: it cannot overflow, and after a
//!   failure the subscriber gets what is true then, not what was true before
//!   an empty list of alerts is sent only for a region that is known to be clear
//!   unless configured, no loopback, private or otherwise local address is called, whatever name it hides behind
//! Subscriptions are kept beside the record, with a digest in the place of the owner's key.

use super::limits::Refused;
use super::routes::Compat;
use super::truth::Truth;
use super::ukrainealarm::{self, AlertRegion};
use crate::deliver::receipts::Channel;
use axum::http::StatusCode;
use model::{Code, Delivery};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;

/// The file in the record's folder.
const FILE: &str = "webhooks.json";
/// Subscriptions at most.
const HOOKS_MAX: usize = 64;
/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 2048;
/// How long one delivery may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Waits between the attempts of one delivery.
const ATTEMPTS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(4)];
/// How soon what failed is tried again when nothing changes.
const AGAIN: Duration = Duration::from_secs(15);

/// The subscriptions.
#[derive(Debug)]
pub(super) struct Hooks {
    allow_local: bool,
    file: Option<PathBuf>,
    // Guarded by its mutex; at most HOOKS_MAX. By owner and address.
    workers: Mutex<BTreeMap<(String, String), AbortHandle>>,
}

/// A subscription as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    owner: String,
    url: String,
}

/// Who owns a subscription: a digest, so that the file tells no key.
fn owner(key: &str) -> String {
    if key.is_empty() { String::new() } else { crate::digest::hex(key.as_bytes()) }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    web_hook_url: String,
}

/// The address in a request's body.
pub(super) fn url_of(body: &[u8]) -> Result<Url, Refused> {
    let refused = |message| Refused { code: StatusCode::BAD_REQUEST, message };
    let body: Body =
        serde_json::from_slice(body).map_err(|_| refused("expected a body like {\"webHookUrl\": \"https://…\"}"))?;
    if body.web_hook_url.len() > URL_BYTES_MAX {
        return Err(refused("webHookUrl is longer than 2048 bytes"));
    }
    let url = Url::parse(body.web_hook_url.trim()).map_err(|_| refused("webHookUrl is not an absolute URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(refused("webHookUrl must begin with http:// or https:// and name a host"));
    }
    Ok(url)
}

impl Hooks {
    /// No subscriptions yet. `allow_local`: loopback and private addresses may be called. `folder`: where they are kept.
    pub(super) fn new(allow_local: bool, folder: Option<PathBuf>) -> Self {
        Self { allow_local, file: folder.map(|folder| folder.join(FILE)), workers: Mutex::default() }
    }

    /// Takes up the subscriptions that were kept. What cannot be is told in the log; the program starts all the same.
    pub(super) fn restore(&self, compat: &Arc<Compat>) {
        let Some(file) = &self.file else { return };
        let kept: Vec<Kept> = match std::fs::read(file).map(|bytes| serde_json::from_slice(&bytes)) {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => return tracing::error!(%error, file = %file.display(), "subscriptions cannot be read"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return tracing::error!(%error, file = %file.display(), "subscriptions cannot be read"),
        };
        for Kept { owner, url } in kept {
            let taken = Url::parse(&url)
                .map_err(|_| "not an address")
                .and_then(|url| self.begin(&owner, &url, compat).map_err(|refused| refused.message));
            if let Err(why) = taken {
                tracing::error!(why, "a kept subscription is not taken up");
            }
        }
    }

    /// Subscribes `url` for the owner of `key` from now on. Again is no error.
    pub(super) fn subscribe(&self, key: &str, url: &Url, compat: &Arc<Compat>) -> Result<(), Refused> {
        self.begin(&owner(key), url, compat)?;
        self.keep();
        Ok(())
    }

    fn begin(&self, owner: &str, url: &Url, compat: &Arc<Compat>) -> Result<(), Refused> {
        let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if !self.allow_local && literal.is_some_and(|ip| !public(ip)) {
            return Err(Refused {
                code: StatusCode::BAD_REQUEST,
                message: "webHookUrl is a loopback or private address; the server's webhook_private allows those",
            });
        }
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (owner.to_owned(), url.to_string());
        if workers.contains_key(&at) {
            return Ok(());
        }
        if workers.len() >= HOOKS_MAX {
            return Err(Refused {
                code: StatusCode::TOO_MANY_REQUESTS,
                message: "too many subscriptions on this server",
            });
        }
        let client = client(self.allow_local).map_err(|error| {
            tracing::error!(%error, "no client for webhooks");
            Refused { code: StatusCode::INTERNAL_SERVER_ERROR, message: "webhooks cannot be sent; the log says why" }
        })?;
        let worker = tokio::spawn(deliver(compat.clone(), url.clone(), client));
        workers.insert(at, worker.abort_handle());
        Ok(())
    }

    /// Puts `url` in the place of the key's only subscription.
    pub(super) fn replace(&self, key: &str, url: &Url, compat: &Arc<Compat>) -> Result<(), Refused> {
        let mine: Vec<String> = {
            let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = owner(key);
            workers.keys().filter(|(owner, _)| *owner == mine).map(|(_, url)| url.clone()).collect()
        };
        match mine.as_slice() {
            [] => Err(Refused { code: StatusCode::NOT_FOUND, message: "no subscription to change; POST makes one" }),
            [old] => {
                self.subscribe(key, url, compat)?;
                if old != url.as_str() {
                    self.remove(key, old);
                }
                Ok(())
            }
            _ => Err(Refused {
                code: StatusCode::CONFLICT,
                message: "several subscriptions: DELETE the one to change and POST the new one",
            }),
        }
    }

    /// Ends a subscription.
    pub(super) fn unsubscribe(&self, key: &str, url: &Url) -> Result<(), Refused> {
        if self.remove(key, url.as_str()) {
            Ok(())
        } else {
            Err(Refused { code: StatusCode::NOT_FOUND, message: "no such subscription" })
        }
    }

    fn remove(&self, key: &str, url: &str) -> bool {
        let at = (owner(key), url.to_owned());
        let removed = self.workers.lock().unwrap_or_else(PoisonError::into_inner).remove(&at);
        let was_there = removed.map(|worker| worker.abort()).is_some();
        self.keep();
        was_there
    }

    /// Writes the subscriptions down. A failure is told in the log: deliveries go on until the program ends.
    fn keep(&self) {
        let Some(file) = &self.file else { return };
        let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: Vec<Kept> =
            workers.keys().map(|(owner, url)| Kept { owner: owner.clone(), url: url.clone() }).collect();
        let next = file.with_extension("json.new");
        // Under the lock, so that two changes are written in their order; the file has at most HOOKS_MAX short lines.
        let written = serde_json::to_vec_pretty(&kept)
            .map_err(std::io::Error::other)
            .and_then(|bytes| write_private(&next, &bytes))
            .and_then(|()| std::fs::rename(&next, file));
        if let Err(error) = written {
            tracing::error!(%error, file = %file.display(), "subscriptions cannot be kept");
        }
    }
}

/// Writes a file that only its owner may read: an address may hold a secret.
fn write_private(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What must be sent to a subscriber that was told `told`: regions with alerts that it does not know or knows
/// otherwise, and regions it knows alerts of that now have fewer or none. A region that became unknown waits.
pub(super) fn due(told: &BTreeMap<Code, AlertRegion>, truth: &Truth) -> Vec<(Code, AlertRegion)> {
    let mut codes = ukrainealarm::regions_with_alerts(truth);
    codes.extend(told.keys().filter(|code| !truth.unknown(**code)));
    codes.sort_unstable();
    codes.dedup();
    let now = codes.into_iter().map(|code| (code, ukrainealarm::region(truth, code)));
    now.filter(|(code, region)| told.get(code).is_none_or(|known| known.active_alerts != region.active_alerts))
        .collect()
}

/// Sends each change to one subscriber until the subscription ends.
async fn deliver(compat: Arc<Compat>, url: Url, client: Client) {
    let mut changes = compat.changes();
    let truth = compat.truth();
    let mut told: BTreeMap<Code, AlertRegion> = BTreeMap::new();
    for code in ukrainealarm::regions_with_alerts(&truth) {
        told.insert(code, ukrainealarm::region(&truth, code));
    }
    loop {
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(AGAIN) => {}
        }
        let (woken, truth) = (Instant::now(), compat.truth());
        for (code, region) in due(&told, &truth) {
            if !send(&client, &url, &region).await {
                metrics::counter!("allclear_webhook_failed_total").increment(1);
                break;
            }
            metrics::counter!("allclear_webhook_sent_total").increment(1);
            confirmed(&compat, woken, &truth, code);
            if region.active_alerts.is_empty() {
                told.remove(&code);
            } else {
                told.insert(code, region);
            }
        }
    }
}

/// A receiver has answered that it has a region. An end is in the histogram alone: the region no longer says of which alert.
fn confirmed(compat: &Compat, woken: Instant, truth: &Truth, code: Code) {
    let ms = u32::try_from(woken.elapsed().as_millis()).unwrap_or(u32::MAX);
    let delivery = Delivery { receivers: 1, behind: 0, first_ms: ms, last_ms: ms };
    compat.receipts().wrote(Channel::Webhook, woken.elapsed(), 1);
    for alert in truth.reaching(code) {
        compat.receipts().told(Channel::Webhook, alert.id, delivery);
    }
}

async fn send(client: &Client, url: &Url, region: &AlertRegion) -> bool {
    for wait in ATTEMPTS {
        tokio::time::sleep(wait).await;
        match client.post(url.clone()).json(region).send().await {
            Ok(answer) if answer.status().is_success() => return true,
            // The address may hold a secret of the subscriber: only its host is told.
            Ok(answer) => tracing::warn!(host = url.host_str(), status = answer.status().as_u16(), "webhook refused"),
            Err(error) => tracing::warn!(host = url.host_str(), error = %error.without_url(), "webhook failed"),
        }
    }
    false
}

fn client(allow_local: bool) -> reqwest::Result<Client> {
    crate::tls::choose();
    let builder = Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).no_proxy();
    if allow_local { builder.build() } else { builder.dns_resolver(Arc::new(PublicOnly)).build() }
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
    fn a_subscription_names_an_http_address_or_is_refused() {
        let cases = [
            (r#"{"webHookUrl":"https://example.org/x"}"#, true),
            (r#"{"webHookUrl":"http://127.0.0.1:8080/x"}"#, true),
            (r#"{"webHookUrl":"ftp://example.org/x"}"#, false),
            (r#"{"webHookUrl":"file:///etc/passwd"}"#, false),
            (r#"{"webHookUrl":"example.org"}"#, false),
            (r#"{"webHookUrl":""}"#, false),
            (r#"{"webHookUrl":null}"#, false),
            (r"{}", false),
            ("", false),
        ];
        for (body, accepted) in cases {
            assert_eq!(url_of(body.as_bytes()).is_ok(), accepted, "{body}");
        }
        assert!(url_of(format!(r#"{{"webHookUrl":"http://e.org/{}"}}"#, "x".repeat(3000)).as_bytes()).is_err());
    }
}
