//! When a forecast becomes a warning: a policy is data.
//!
//! What comes in: TOML ([`Policy::read`]) or the name of a shipped policy ([`Policy::shipped`]). What goes out: a checked
//! [`Policy`], whose [`Policy::mark`] stands on every decision. What always holds after a check: every rule can be met,
//! none is covered by another, and every threshold to end lies below the one to begin. Deliberately absent: files.

use super::check::{Fault, line_of_byte, line_of_key};
use crate::config::ConfigError;
use model::{AlertLevel, AlertType, Level, PolicyRef, ThreatKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the form that this program reads.
pub const POLICY_VERSION: u32 = 1;
/// People for whom the probabilities of a rule are written that asks for others elsewhere.
pub(super) const PEOPLE_USUAL: f64 = 5_000.0;
/// So many are taken to live where nobody knows how many, by rules and by scores: the area set knows of no place above 500
/// people there, and the smallest tenth of the communities whose number is known have fewer.
pub const PEOPLE_UNKNOWN: f64 = 1_500.0;
/// However many live there, what is as likely as this is warned of.
pub(super) const RAISE_P_MOST: f64 = 0.5;
/// And held by no more than this.
pub(super) const RELEASE_P_MOST: f64 = 0.4;
/// Most rules of one policy.
pub(super) const RULES_MAX: usize = 64;
/// The shipped policies, by name.
const SHIPPED: [(&str, &str); 3] = [
    ("forecast", include_str!("../../policies/forecast.toml")),
    ("doctrine", include_str!("../../policies/doctrine.toml")),
    ("region", include_str!("../../policies/region.toml")),
];

/// A policy. Every probability is that of arrival inside the kind's horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Version of the form: 1.
    pub version: u32,
    /// Its name, in every decision and in the name of the holder: `policy:NAME`.
    pub name: String,
    /// Its own count of changes; raise it with every change.
    pub revision: u32,
    /// An advisory begins at this probability. 0.25: of the places a group may reach in half an hour, those it reaches in
    /// one of four cases. Lower warns more people for nothing; higher warns some too late.
    pub advise_p: f64,
    /// An advisory ends below this probability; the gap keeps it from flickering.
    pub advise_release_p: f64,
    /// A change of probability smaller than this is not told again.
    pub advise_step_p: f64,
    /// A shift of the arrival window smaller than this, and than a quarter of the time left, is not told again, in seconds.
    pub advise_step_s: u32,
    /// Least time between two tellings about one community, in seconds.
    pub advise_pause_s: u32,
    /// Live sensors must have covered the community without a gap for so long before the policy ends an alert, in seconds.
    pub watched_s: u32,
    /// What an officer may do alone.
    pub officers: Officers,
    /// The rules by which alerts of this centre begin and end. All are asked; the gravest that is met counts.
    #[serde(default)]
    pub rule: Vec<Rule>,
}

/// What an officer may do alone, and when to be reminded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officers {
    /// The widest community that one officer raises alone.
    pub reach: Level,
    /// So many communities of that level may hold alerts that one officer raised alone, at any one time.
    pub reach_count: u32,
    /// Types that need two officers wherever.
    #[serde(default)]
    pub rare_types: BTreeSet<AlertType>,
    /// Kinds that need two officers wherever.
    #[serde(default)]
    pub rare_kinds: BTreeSet<ThreatKind>,
    /// How long an order waits for its second officer, in seconds.
    pub proposal_s: u32,
    /// An alert of this centre that stands so long is brought to mind, and again after as long, in seconds. It never ends
    /// for its age.
    pub remind_s: u32,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, in every decision it brings about.
    pub name: String,
    /// The kinds it speaks of, taken together.
    pub kinds: BTreeSet<ThreatKind>,
    /// The communities that are alerted: those of this level, each when something may reach it or a part of it. A threat
    /// that is told of a wider place alerts that place.
    pub area: Level,
    /// How grave.
    pub level: AlertLevel,
    /// Only threatened communities with at least so many people; 0: all. Where the number is not known, only 0 applies.
    #[serde(default)]
    pub people_min: u32,
    /// Only threatened communities with at most so many people; without it: all. Where the number is not known, few live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_max: Option<u32>,
    /// It begins at this probability.
    pub raise_p: f64,
    /// It may end below this probability.
    pub release_p: f64,
    /// It begins only when the early end of the arrival window is no further than this, in seconds; without it, whenever
    /// an arrival is foreseen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_s: Option<u32>,
    /// An officer may end what it raised when the early end of the arrival window is further than this, in seconds, whatever
    /// the probability: it would not begin now. Without it only the probability holds. A watch of sensors ends nothing by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_lead_s: Option<u32>,
    /// Not when the arrival is foreseen at the earliest counts, but the probability that it falls between these instants,
    /// seconds from now: it begins when that reaches `raise_p`. A little before and after the lead that is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_s: Option<[u32; 2]>,
    /// With `due_s`: it begins as well when something arrives within so long, in seconds, with the probability `near_p`, late
    /// as that is, and holds while it does with `release_p`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_s: Option<u32>,
    /// See `near_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_p: Option<f64>,
    /// `raise_p` is for [`PEOPLE_USUAL`] people; for others it counts times (people / 5,000)^this, never more than
    /// `raise_most`: an alert costs as many their sleep. Where the number is not known, [`PEOPLE_UNKNOWN`] live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raise_people: Option<f64>,
    /// With `raise_people`: such a chance is enough to begin, however many live there, due or nearer; without it
    /// [`RAISE_P_MOST`] is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raise_most: Option<f64>,
    /// The same for `near_p` and `release_p`: `near_p` at most `raise_most`, and `release_p` in step with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_people: Option<f64>,
    /// What may reach a raion alerts the hromadas of it, of so few people as the rule says, whichever of them it may reach.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_raion: bool,
    /// A threat that was only told, of a place and without an object, counts so long after it was said, in seconds; without
    /// it as long as its kind lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_s: Option<u32>,
    /// Not what is foreseen counts, but what nobody has seen yet: the probability that such a one comes over the community
    /// within half an hour. Each believed object that was first seen nearer than this, in kilometres, brings 0.01, less the
    /// farther away and the longer ago it was. Where one came in unseen, others may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_km: Option<f64>,
    /// After so long an entry brings a third (1/e) of that, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_s: Option<u32>,
    /// Beside what came in, official alerts count which nothing in the picture explains: what each is about comes over 0.8 of
    /// the smallest communities of its area, over none with more than 0.2. Only in a rule with `entry_km`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub official: bool,
    /// It stands at least so long, in seconds.
    #[serde(default)]
    pub hold_s: u32,
}

/// Why a policy was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read line {line} of the policy: {reason}")]
pub struct PolicyError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there, and what would have been right.
    pub reason: String,
}

impl Default for Policy {
    /// The shipped `forecast`.
    fn default() -> Self {
        Self::shipped("forecast").unwrap_or_else(|| unreachable!("the shipped policies are read by a test"))
    }
}

impl Policy {
    /// A policy that comes with the program: `forecast`, `doctrine` or `region`.
    pub fn shipped(name: &str) -> Option<Self> {
        let (_, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
        Self::read(text).ok()
    }

    /// The names of the shipped policies.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// Reads and checks a policy file.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError {
            line: error.span().map_or(1, |span| line_of_byte(text, span.start)),
            reason: error.message().to_owned(),
        })?;
        match policy.fault() {
            None => Ok(policy),
            Some(fault) => Err(PolicyError { line: line_of_key(text, fault.rule, fault.key), reason: fault.reason }),
        }
    }

    /// Refuses numbers out of range, rules that could never be met or that another one covers, and contradictions.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let Some(Fault { rule, key, reason }) = self.fault() else { return Ok(()) };
        let rule = rule.and_then(|at| self.rule.get(at)).map_or(String::new(), |rule| format!("rule {:?}.", rule.name));
        let what = match reason.strip_prefix(key) {
            Some(rest) => format!("{rule}{key}{rest}"),
            None => format!("{rule}{key}: {reason}"),
        };
        Err(ConfigError::Policy { what })
    }

    /// What stands on every decision: name, revision and the hash of [`Policy::canonical`].
    pub fn mark(&self) -> PolicyRef {
        PolicyRef { name: self.name.clone(), revision: self.revision, sha256: model::sha256(&self.canonical()) }
    }

    /// The bytes that are hashed: JSON in the order of the fields, without what is only layout or comment in the file.
    pub fn canonical(&self) -> Vec<u8> {
        // Checked numbers are finite and every key is a string: this cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The name under which it holds alerts.
    pub fn holder(&self) -> String {
        format!("policy:{}", self.name)
    }
}
