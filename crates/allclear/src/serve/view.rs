//! The public shapes of the own API: what `/api/v1/state` and the stream say, flat and documented.
//!
//! What comes in: the engine's [`model::Picture`]. What goes out: JSON whose schema is generated into
//! `schemas/openapi.json` and from there into `web/src/wire.gen.ts`; nothing is copied by hand.
//! What always holds: every payload says `as_of`, `seq` and who said it; no sensor or observer position appears.

use serde::Serialize;
use utoipa::ToSchema;

/// The whole picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StateView {
    /// `actual` or `exercise`. The two worlds never mix.
    pub status: &'static str,
    /// `relay` or `authority`.
    pub mode: &'static str,
    /// Size of the record when this was true; grows with every change told.
    pub seq: u64,
    /// The instant this is true for (RFC 3339, UTC).
    pub as_of: String,
    /// The server's clock when it answered. In an exercise it may run faster than yours: see `speed`.
    pub server_time: String,
    /// How many server seconds pass in one of yours; 1 outside exercises.
    pub speed: f64,
    /// Why the record has stopped, if it has: warning continues, but nothing new can be proven.
    pub record_stopped: Option<String>,
    /// Every region and raion, and each hromada that differs from its raion; the snapshot of a stream leaves out those that say
    /// the same as the one above. A community not listed is as the nearest one above it that is, and not `partial`.
    pub communities: Vec<CommunityView>,
    /// Of the snapshot of a stream: regions not listed, by name. Empty where all are listed.
    pub alike: Vec<AlikeView>,
    /// Alerts and advisories in force.
    pub alerts: Vec<AlertView>,
    /// Objects believed to fly.
    pub tracks: Vec<TrackView>,
    /// Health of every source.
    pub sources: Vec<SourceView>,
    /// The latest reports, newest first, at most 30.
    pub reports: Vec<ReportView>,
}

/// One community.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CommunityView {
    /// Code (KATOTTG).
    pub code: String,
    /// `country`, `oblast`, `raion`, `hromada` or `settlement`.
    pub level: &'static str,
    /// Code of the community above.
    pub parent: Option<String>,
    /// The alert services' number.
    pub uid: Option<u32>,
    /// Name in Ukrainian with its type ("Сумська область").
    pub name_uk: String,
    /// Name in English with its type ("Sumy Oblast").
    pub name_en: String,
    /// `active`, `clear` or `unknown`. Clear only by an explicit, attributable clear.
    pub state: &'static str,
    /// `red` or `yellow` when active.
    pub alert_level: Option<&'static str>,
    /// Kinds of threat when active or elevated (`uav`, `cruise_missile`, …).
    pub kinds: Vec<String>,
    /// Some community below it is active while it is not itself.
    pub partial: bool,
    /// AllClear's own advisory: something may arrive. Never an official alert, never an all-clear.
    pub elevated: Option<ArrivalView>,
    /// Since when `state` holds.
    pub since: Option<String>,
    /// When unknown: what was known last, `active` or `clear`.
    pub last_known: Option<&'static str>,
    /// Official sources contradict each other.
    pub disagreement: bool,
    /// Who says what.
    pub said_by: Vec<WordView>,
    /// The instant this is true for.
    pub as_of: String,
}

/// Communities of which the same is true as of another one, which is listed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlikeView {
    /// Code of the listed one, above all of them. Their state, since when and by whose word is its own; they are not `partial`.
    pub like: String,
    /// Their level.
    pub level: &'static str,
    /// Which.
    pub named: Vec<NamedView>,
}

/// A community by its names.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NamedView {
    /// Code (KATOTTG).
    pub code: String,
    /// Name in Ukrainian with its type ("Сумська область").
    pub name_uk: String,
    /// Name in English with its type ("Sumy Oblast").
    pub name_en: String,
}

/// When something may arrive.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ArrivalView {
    /// Probability, 0 to 1.
    pub probability: f64,
    /// Seconds from `as_of` to the early end of the 90 % window.
    pub earliest_s: u32,
    /// Seconds to the late end.
    pub latest_s: u32,
    /// Kind.
    pub kind: String,
}

/// What one source says of one community.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WordView {
    /// Who.
    pub source: String,
    /// `active`, `clear` or `unknown`.
    pub word: &'static str,
    /// Its last word before it fell silent.
    pub last_word: Option<&'static str>,
    /// Since when.
    pub since: Option<String>,
    /// When it was last heard.
    pub heard_at: Option<String>,
}

/// One alert or advisory.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertView {
    /// Number.
    pub id: u64,
    /// `official`, `advisory` or `authority`.
    pub standing: &'static str,
    /// Code of the community.
    pub community: String,
    /// Name in Ukrainian.
    pub name_uk: String,
    /// Name in English.
    pub name_en: String,
    /// `air_raid`, `artillery_shelling`, `urban_fights`, `chemical`, `nuclear`.
    pub alert_type: &'static str,
    /// `red` or `yellow`.
    pub level: &'static str,
    /// Kinds of threat.
    pub kinds: Vec<String>,
    /// Began.
    pub started_at: String,
    /// Changed last.
    pub updated_at: String,
    /// Ended; null while in force.
    pub ended_at: Option<String>,
    /// `passed` or `mistaken` when ended.
    pub outcome: Option<&'static str>,
    /// Who holds it (or, once ended, who ended it).
    pub said_by: Vec<String>,
    /// Arrival, for an advisory.
    pub arrival: Option<ArrivalView>,
    /// Each holder, and since when.
    pub holders: Vec<HolderView>,
}

/// Who keeps an alert standing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HolderView {
    /// A source, `policy:NAME`, or `officer:NAME`.
    pub name: String,
    /// Since when.
    pub since: String,
    /// The second officer, when two people ordered it.
    pub second: Option<String>,
    /// Why, in an officer's words.
    pub words: Option<String>,
}

/// Everything decided about an alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhyView {
    /// The alert as last told.
    pub alert: AlertView,
    /// Decisions after the first that are left out for their number.
    pub left_out: u64,
    /// Each decision, oldest first.
    pub steps: Vec<StepView>,
}

/// One decision and its reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// Its place in the record.
    pub entry: u64,
    /// When.
    pub decided_at: String,
    /// `raise`, `update` or `end`.
    pub decision: &'static str,
    /// In a sentence, in Ukrainian.
    pub text_uk: String,
    /// In a sentence, in English.
    pub text_en: String,
    /// The rule: of the policy by its name there, `advisory`, `official_word` or `officer`.
    pub rule: Option<String>,
    /// The numbers: `what` is `reached`, `moved`, `fell`, `said` or `ordered`, with its own fields.
    #[schema(value_type = Option<Object>)]
    pub reason: Option<serde_json::Value>,
    /// Name and revision of the policy in use.
    pub policy: String,
    /// Its hash.
    pub policy_sha256: Option<String>,
    /// The events that brought it about, newest last.
    pub causes: Vec<CauseView>,
}

/// One event that brought a decision about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CauseView {
    /// Its place in the record.
    pub event: u64,
    /// When.
    pub at: Option<String>,
    /// What happened, in Ukrainian.
    pub text_uk: String,
    /// What happened, in English.
    pub text_en: String,
}

/// One track.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrackView {
    /// Number.
    pub id: u64,
    /// `tentative`, `confirmed` or `coasting`.
    pub stage: &'static str,
    /// Kind.
    pub kind: String,
    /// Every kind it may be with a tenth or more, likeliest first.
    pub kinds: Vec<KindView>,
    /// At least so many.
    pub count_low: u16,
    /// At most so many; null when open.
    pub count_high: Option<u16>,
    /// Whether the association of what made it was too tangled to be exact.
    pub approximate: bool,
    /// Latitude, degrees.
    pub lat: f64,
    /// Longitude, degrees.
    pub lon: f64,
    /// Semi-major axis of the 90 % ellipse, kilometres.
    pub ellipse_major_km: f64,
    /// Semi-minor axis, kilometres.
    pub ellipse_minor_km: f64,
    /// Bearing of the major axis, degrees clockwise from north.
    pub ellipse_bearing_deg: f64,
    /// Speed, metres a second.
    pub speed_mps: f64,
    /// Course, degrees clockwise from north; null while unknown.
    pub course_deg: Option<f64>,
    /// Standard deviation of the course, degrees.
    pub course_sd_deg: f64,
    /// Probability that something is there.
    pub existence: f64,
    /// First evidence.
    pub first_seen_at: String,
    /// Latest evidence.
    pub last_seen_at: String,
    /// Where it may be going: communities with probability and window, most likely first, at most 20.
    pub forecast: Vec<ForecastView>,
    /// Record indexes of the reports that made it.
    pub provenance: Vec<u64>,
}

/// A kind that a track may be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KindView {
    /// Kind.
    pub kind: String,
    /// Probability, 0 to 1.
    pub probability: f64,
}

/// One line of a track's forecast.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ForecastView {
    /// Code.
    pub community: String,
    /// Name in Ukrainian.
    pub name_uk: String,
    /// Name in English.
    pub name_en: String,
    /// Arrival.
    pub arrival: ArrivalView,
}

/// Health of one source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceView {
    /// Name.
    pub source: String,
    /// Whether its words are orders.
    pub official: bool,
    /// `live`, `stale` or `never`.
    pub link: &'static str,
    /// Last heard.
    pub heard_at: Option<String>,
    /// Silence allowed, seconds.
    pub stale_after_s: u32,
    /// Reports accepted.
    pub accepted: u64,
    /// Items and inputs refused.
    pub refused: u64,
    /// The latest refusal in words.
    pub last_refusal: Option<String>,
}

/// One report, as said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportView {
    /// Index in the record.
    pub event: u64,
    /// Who.
    pub source: String,
    /// When it was said.
    pub observed_at: String,
    /// When it reached us.
    pub received_at: String,
    /// The words.
    pub text: Option<String>,
    /// What was read, one line an item, in Ukrainian.
    pub read_uk: Vec<String>,
    /// What was read, one line an item, in English.
    pub read_en: Vec<String>,
    /// What was refused and why.
    pub refused: Vec<String>,
}

/// `event: change` of the stream. Its SSE id is `seq`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeView {
    /// Size of the record after this change.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// Communities whose state changed, and those that no longer say the same as the one above, whole.
    pub communities: Vec<CommunityView>,
    /// Hromadas that are again as their raion: forget what was said of them.
    pub communities_gone: Vec<String>,
    /// Alerts raised, changed or ended, whole.
    pub alerts: Vec<AlertView>,
    /// New reports.
    pub reports: Vec<ReportView>,
    /// Sources that are new or whose link changed. What they say counts up in the heartbeat.
    pub sources: Vec<SourceView>,
}

/// `event: tracks` of the stream: all tracks, replacing those before. Carries no SSE id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TracksView {
    /// Size of the record.
    pub seq: u64,
    /// The instant.
    pub as_of: String,
    /// All tracks.
    pub tracks: Vec<TrackView>,
}

/// `event: heartbeat` of the stream, every 5 s. Carries no SSE id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeartbeatView {
    /// Size of the record.
    pub seq: u64,
    /// The instant the picture is true for.
    pub as_of: String,
    /// The server's clock.
    pub server_time: String,
    /// Server seconds in one of yours.
    pub speed: f64,
    /// Health of every source.
    pub sources: Vec<SourceView>,
}

/// Any error of the own API.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorView {
    /// Stable name of the error, such as `too_large`.
    pub error: String,
    /// What went wrong, where, and what would have been right.
    pub message: String,
}
