//! Webhooks: one [`AlertRegion`] sent to each subscriber for each region whose alerts change.
//!
//! What comes in: subscriptions, and the changes of the snapshot. What goes out: signed POST requests.
//! What always holds:
//!   a subscriber's queue is the difference between what it was told and what is true: it cannot overflow, and after a
//!   failure the subscriber gets what is true then, not what was true before
//!   an empty list of alerts is sent only for a region that is known to be clear
//!   one that never answers delays no other: each has a task of its own
//!   unless configured, nothing but https to the open internet is called (`deliver/outward.rs`)
//! Subscriptions are kept beside the record, with a digest in the place of the owner's key.

use super::limits::Refused;
use super::routes::Compat;
use super::truth::Truth;
use super::ukrainealarm::{self, AlertRegion};
use crate::clock::wall_s;
use crate::deliver::dead::{End, Failure};
use crate::deliver::outward;
use crate::deliver::receipts::Channel;
use crate::deliver::sign::{Secret, WebhookKey};
use axum::http::StatusCode;
use model::{Code, Delivery};
use reqwest::{Client, Url};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;

/// The file in the record's folder.
const FILE: &str = "webhooks.json";
/// Subscriptions at most.
const HOOKS_MAX: usize = 64;
/// First wait after a failure; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Failures in a row after which the officer is told.
const DEAD_AFTER: u32 = 3;

/// The subscriptions.
#[derive(Debug)]
pub(super) struct Hooks {
    private: bool,
    file: Option<PathBuf>,
    key: Arc<WebhookKey>,
    // Guarded by its mutex; at most HOOKS_MAX. By owner and address.
    workers: Mutex<BTreeMap<(String, String), Worker>>,
}

/// One subscription at work.
#[derive(Debug)]
struct Worker {
    task: AbortHandle,
    secret: Option<Secret>,
}

/// A subscription as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    owner: String,
    url: String,
    /// Missing when it was made before there were signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// Who owns a subscription: a digest, so that the file tells no key.
fn owner(key: &str) -> String {
    if key.is_empty() { String::new() } else { model::sha256(key.as_bytes()) }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    web_hook_url: String,
}

/// The address in a request's body. `private`: local addresses and plain http are allowed.
pub(super) fn url_of(body: &[u8], private: bool) -> Result<Url, Refused> {
    let refused = |message| Refused { code: StatusCode::BAD_REQUEST, message };
    let body: Body =
        serde_json::from_slice(body).map_err(|_| refused("expected a body like {\"webHookUrl\": \"https://…\"}"))?;
    outward::read(&body.web_hook_url, private).map_err(|why| {
        refused(match why {
            outward::Refused::Long => "webHookUrl is longer than 2048 bytes",
            outward::Refused::Unreadable => {
                "webHookUrl must be an absolute URL that begins with https:// and names a host"
            }
            outward::Refused::Credentials => "webHookUrl holds a user or a password",
            outward::Refused::Local => {
                "webHookUrl is a loopback or private address; the server's webhook_private allows those"
            }
        })
    })
}

impl Hooks {
    /// No subscriptions yet. `private`: loopback and private addresses may be called. `folder`: where they are kept.
    pub(super) fn new(private: bool, folder: Option<PathBuf>, key: Arc<WebhookKey>) -> Self {
        Self { private, file: folder.map(|folder| folder.join(FILE)), key, workers: Mutex::default() }
    }

    /// Whether local addresses are allowed.
    pub(super) const fn private(&self) -> bool {
        self.private
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
        for Kept { owner, url, secret } in kept {
            let taken = outward::read(&url, self.private).map_err(|why| why.to_string()).and_then(|url| {
                let secret = secret.as_deref().and_then(Secret::parse);
                self.begin(&owner, &url, secret, compat).map_err(|refused| refused.message.to_owned())
            });
            if let Err(why) = taken {
                tracing::error!(why, "a kept subscription is not taken up");
            }
        }
    }

    /// Subscribes `url` for the owner of `key` from now on, and gives the secret its requests are signed with. Again is no error;
    /// the secret is then told again only to who shows the owner's key.
    pub(super) fn subscribe(&self, key: &str, url: &Url, compat: &Arc<Compat>) -> Result<Option<String>, Refused> {
        let (owner, address) = (owner(key), url.to_string());
        let known = {
            let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            workers.get(&(owner.clone(), address)).map(|worker| worker.secret.clone())
        };
        if let Some(secret) = known {
            return Ok(secret.filter(|_| !key.is_empty()).map(|secret| secret.reveal()));
        }
        let secret = Secret::draw().map_err(|error| {
            tracing::error!(%error, "no secret for a webhook");
            Refused { code: StatusCode::INTERNAL_SERVER_ERROR, message: "no secret can be drawn; the log says why" }
        })?;
        self.begin(&owner, url, Some(secret.clone()), compat)?;
        self.keep();
        Ok(Some(secret.reveal()))
    }

    fn begin(&self, owner: &str, url: &Url, secret: Option<Secret>, compat: &Arc<Compat>) -> Result<(), Refused> {
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
        let client = outward::client(self.private, 1).map_err(|error| {
            tracing::error!(%error, "no client for webhooks");
            Refused { code: StatusCode::INTERNAL_SERVER_ERROR, message: "webhooks cannot be sent; the log says why" }
        })?;
        let hook =
            Hook { owner: owner.to_owned(), url: url.clone(), client, key: self.key.clone(), secret: secret.clone() };
        let task = tokio::spawn(hook.deliver(compat.clone())).abort_handle();
        workers.insert(at, Worker { task, secret });
        Ok(())
    }

    /// Puts `url` in the place of the key's only subscription.
    pub(super) fn replace(&self, key: &str, url: &Url, compat: &Arc<Compat>) -> Result<Option<String>, Refused> {
        let mine: Vec<String> = {
            let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = owner(key);
            workers.keys().filter(|(owner, _)| *owner == mine).map(|(_, url)| url.clone()).collect()
        };
        match mine.as_slice() {
            [] => Err(Refused { code: StatusCode::NOT_FOUND, message: "no subscription to change; POST makes one" }),
            [old] => {
                let secret = self.subscribe(key, url, compat)?;
                if old != url.as_str() {
                    self.remove(&owner(key), old, compat);
                }
                Ok(secret)
            }
            _ => Err(Refused {
                code: StatusCode::CONFLICT,
                message: "several subscriptions: DELETE the one to change and POST the new one",
            }),
        }
    }

    /// Ends a subscription.
    pub(super) fn unsubscribe(&self, key: &str, url: &Url, compat: &Compat) -> Result<Option<String>, Refused> {
        if self.remove(&owner(key), url.as_str(), compat) {
            Ok(None)
        } else {
            Err(Refused { code: StatusCode::NOT_FOUND, message: "no such subscription" })
        }
    }

    /// Ends a subscription whose receiver is gone.
    pub(super) fn forget(&self, owner: &str, url: &str, compat: &Compat) {
        self.remove(owner, url, compat);
    }

    fn remove(&self, owner: &str, url: &str, compat: &Compat) -> bool {
        let at = (owner.to_owned(), url.to_owned());
        let removed = self.workers.lock().unwrap_or_else(PoisonError::into_inner).remove(&at);
        let was_there = removed.map(|worker| worker.task.abort()).is_some();
        if was_there {
            compat.dead().over(Channel::Webhook, url, End::Ended, compat.now());
        }
        self.keep();
        was_there
    }

    /// Writes the subscriptions down. A failure is told in the log: deliveries go on until the program ends.
    fn keep(&self) {
        let Some(file) = &self.file else { return };
        let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = workers.iter().map(|((owner, url), worker)| Kept {
            owner: owner.clone(),
            url: url.clone(),
            secret: worker.secret.as_ref().map(Secret::reveal),
        });
        let kept: Vec<Kept> = kept.collect();
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

/// One subscriber, and what is needed to send to it.
struct Hook {
    owner: String,
    url: Url,
    client: Client,
    key: Arc<WebhookKey>,
    secret: Option<Secret>,
}

/// A message on its way: tried again under the same id as long as it says the same.
struct Message {
    code: Code,
    region: AlertRegion,
    id: String,
}

/// How an attempt went.
enum Went {
    Taken,
    /// 410: the receiver is gone for good.
    Gone,
    Failed {
        asked: Option<Duration>,
        why: String,
    },
}

impl Hook {
    /// Sends each change to the subscriber until the subscription ends.
    async fn deliver(self, compat: Arc<Compat>) {
        let mut changes = compat.changes();
        let truth = compat.truth();
        let mut told: BTreeMap<Code, AlertRegion> = BTreeMap::new();
        for code in ukrainealarm::regions_with_alerts(&truth) {
            told.insert(code, ukrainealarm::region(&truth, code));
        }
        let mut failed: Option<(Message, Duration, bool)> = None;
        let mut attempts = 0_u32;
        loop {
            let again = match &failed {
                Some((message, wait, asked)) => {
                    let news = until_news(&compat, &mut changes, &told, message);
                    tokio::select! {
                        () = tokio::time::sleep(*wait) => {}
                        alive = news, if !asked => if !alive { return },
                    }
                    failed.take().map(|(message, ..)| message)
                }
                None if changes.changed().await.is_err() => return,
                None => None,
            };
            let (woken, truth, seq) = (Instant::now(), compat.truth(), *changes.borrow_and_update());
            let due = due(&told, &truth);
            for (code, region) in &due {
                let id = match &again {
                    Some(message) if message.code == *code && message.region == *region => message.id.clone(),
                    _ => format!("msg_{seq}_{}", region.region_id),
                };
                let message = Message { code: *code, region: region.clone(), id };
                match self.send(&message).await {
                    Went::Taken => {
                        attempts = 0;
                        metrics::counter!("allclear_webhook_sent_total").increment(1);
                        compat.dead().over(Channel::Webhook, self.url.as_str(), End::Delivered, compat.now());
                        confirmed(&compat, woken, &truth, *code);
                        if region.active_alerts.is_empty() {
                            told.remove(code);
                        } else {
                            told.insert(*code, message.region);
                        }
                    }
                    Went::Gone => {
                        tracing::warn!(
                            host = self.url.host_str(),
                            "a webhook is gone (410): its subscription is ended"
                        );
                        metrics::counter!("allclear_webhook_gone_total").increment(1);
                        compat.forget_hook(&self.owner, self.url.as_str());
                        return;
                    }
                    Went::Failed { asked, why } => {
                        attempts = attempts.saturating_add(1);
                        metrics::counter!("allclear_webhook_failed_total").increment(1);
                        // The address may hold a secret of the subscriber: only its host is told.
                        tracing::warn!(host = self.url.host_str(), attempts, why, "webhook failed");
                        if attempts >= DEAD_AFTER {
                            let about = due.iter().map(|(code, _)| code.to_string()).collect();
                            let (channel, address) = (Channel::Webhook, self.url.as_str());
                            let at = compat.now();
                            compat.dead().failed(Failure { channel, address, about, attempts, why: &why, at });
                        }
                        let wait = asked.unwrap_or_default().max(outward::wait(FIRST_WAIT, attempts));
                        failed = Some((message, wait, asked.is_some()));
                        break;
                    }
                }
            }
        }
    }

    async fn send(&self, message: &Message) -> Went {
        let failed = |why: String| Went::Failed { asked: None, why };
        let Ok(body) = serde_json::to_vec(&message.region) else { return failed("cannot be written".into()) };
        let mut request = self.client.post(self.url.clone()).header("content-type", "application/json");
        for (name, value) in self.key.headers(&message.id, wall_s(), &body, self.secret.as_ref()) {
            request = request.header(name, value);
        }
        match request.body(body).send().await {
            Ok(answer) if answer.status().is_success() => Went::Taken,
            Ok(answer) if answer.status().as_u16() == 410 => Went::Gone,
            Ok(answer) => Went::Failed {
                asked: outward::asked(answer.headers(), wall_s()),
                why: format!("answered {}", answer.status().as_u16()),
            },
            Err(error) if error.is_timeout() => failed("did not answer in time".into()),
            Err(error) => failed(error.without_url().to_string()),
        }
    }
}

/// Returns when there is something else to say than what failed; `false` when there never will be.
async fn until_news(
    compat: &Compat,
    changes: &mut tokio::sync::watch::Receiver<u64>,
    told: &BTreeMap<Code, AlertRegion>,
    failed: &Message,
) -> bool {
    loop {
        if changes.changed().await.is_err() {
            return false;
        }
        let first = due(told, &compat.truth()).into_iter().next();
        if first.is_none_or(|(code, region)| code != failed.code || region != failed.region) {
            return true;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_names_an_address_of_the_open_internet_or_is_refused() {
        let cases = [
            (r#"{"webHookUrl":"https://example.org/x"}"#, true, true),
            (r#"{"webHookUrl":"http://127.0.0.1:8080/x"}"#, false, true),
            (r#"{"webHookUrl":"http://example.org/x"}"#, false, true),
            (r#"{"webHookUrl":"ftp://example.org/x"}"#, false, false),
            (r#"{"webHookUrl":"file:///etc/passwd"}"#, false, false),
            (r#"{"webHookUrl":"example.org"}"#, false, false),
            (r#"{"webHookUrl":""}"#, false, false),
            (r#"{"webHookUrl":null}"#, false, false),
            (r"{}", false, false),
            ("", false, false),
        ];
        for (body, open, private) in cases {
            assert_eq!(url_of(body.as_bytes(), false).is_ok(), open, "{body}");
            assert_eq!(url_of(body.as_bytes(), true).is_ok(), private, "{body}");
        }
        assert!(url_of(format!(r#"{{"webHookUrl":"https://e.org/{}"}}"#, "x".repeat(3000)).as_bytes(), true).is_err());
    }

    #[test]
    fn subscriptions_of_before_there_were_secrets_are_read() {
        let kept: Vec<Kept> = serde_json::from_str(r#"[{"owner":"","url":"https://example.org/x"}]"#).unwrap();
        assert!(kept[0].secret.is_none());
    }
}
