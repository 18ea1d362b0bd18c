//! One message to one push service, and what its answer means (RFC 8030, sections 5 and 7).

use super::book::Subscription;
use super::pools::Went;
use super::seal::SealError;
use crate::clock::wall_s;
use crate::deliver::outward;
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;

/// How long a push service keeps a message for a browser that is away, in seconds. A newer one of the same topic takes its place, so
/// what comes out of it is the newest; without a newer one it is the state since then, with its time.
const TTL_S: u32 = 4 * 3600;

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// To whom.
    pub to: Subscription,
    /// Content.
    pub words: Arc<str>,
    /// `Authorization` (RFC 8292).
    pub authorization: String,
    /// `Topic`, if a newer message is to take its place.
    pub topic: Option<String>,
    /// Wake a sleeping device for it.
    pub urgent: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Taken.
    Taken,
    /// 404 or 410: the subscription is over.
    Gone,
    /// Refused for good; the words say how.
    Refused(String),
    /// Not now.
    Later {
        /// The wait that is asked for.
        asked: Option<Duration>,
        /// Whether anything answered.
        answered: bool,
        /// In words, without the address.
        why: String,
    },
}

impl Answer {
    /// Whether to repeat it.
    pub const fn went(&self) -> Went {
        match self {
            Self::Taken | Self::Gone | Self::Refused(_) => Went::Over,
            Self::Later { asked, answered, .. } => Went::Again { asked: *asked, answered: *answered },
        }
    }

    /// Its name in figures.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Gone => "gone",
            Self::Refused(_) => "refused",
            Self::Later { answered: true, .. } => "later",
            Self::Later { .. } => "silent",
        }
    }
}

/// Sends it once.
pub async fn send(client: &Client, request: Request) -> Answer {
    let Request { to, words, authorization, topic, urgent } = request;
    let mut post = client
        .post(&to.endpoint)
        .header("ttl", TTL_S)
        .header("urgency", if urgent { "high" } else { "normal" })
        .header("authorization", authorization);
    if let Some(topic) = topic {
        post = post.header("topic", topic);
    }
    let post = match &to.reader {
        Some(reader) => match reader.seal(words.as_bytes()) {
            Ok(body) => post
                .header("content-encoding", "aes128gcm")
                .header("content-type", "application/octet-stream")
                .body(body),
            Err(error @ SealError::Random) => {
                return Answer::Later { asked: None, answered: true, why: error.to_string() };
            }
            Err(error) => return Answer::Refused(format!("failed to {error}")),
        },
        None => post.header("content-type", "application/json").body(words.as_bytes().to_vec()),
    };
    match post.send().await {
        Ok(answer) => {
            let (status, asked) = (answer.status().as_u16(), outward::asked(answer.headers(), wall_s()));
            of_status(status, asked)
        }
        Err(error) if error.is_timeout() => silent("did not answer in time".into()),
        Err(error) => silent(error.without_url().to_string()),
    }
}

const fn silent(why: String) -> Answer {
    Answer::Later { asked: None, answered: false, why }
}

fn of_status(status: u16, asked: Option<Duration>) -> Answer {
    let why = format!("answered {status}");
    match status {
        200..=299 => Answer::Taken,
        404 | 410 => Answer::Gone,
        429 | 500..=599 => Answer::Later { asked, answered: true, why },
        _ => Answer::Refused(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_means_what_rfc_8030_says() {
        let cases = [
            (201, "taken"),
            (202, "taken"),
            (200, "taken"),
            (404, "gone"),
            (410, "gone"),
            (400, "refused"),
            (401, "refused"),
            (403, "refused"),
            (413, "refused"),
            (307, "refused"),
            (429, "later"),
            (500, "later"),
            (503, "later"),
        ];
        for (status, name) in cases {
            assert_eq!(of_status(status, None).name(), name, "{status}");
        }
        let asked = Some(Duration::from_secs(7));
        assert_eq!(of_status(429, asked).went(), Went::Again { asked, answered: true });
        assert_eq!(of_status(410, asked).went(), Went::Over);
    }
}
