//! One link of a chain as a CAP message, after the profile in docs/reference/cap-profile.md.

use super::link::{Link, Told, referred};
use super::shape::Atlas;
use super::words::{self, Language};
use crate::publish;
use cap::{Area, Category, Certainty, Info, Instant, MsgType, Pair, Reference, ResponseType, Scope, Severity, Urgency};
use model::{Alert, AlertLevel, AlertType, AreaSet, Level, Outcome, Standing, Status};

/// The mark of the profile, in `code`.
pub(super) const PROFILE: &str = cap::Profile::UaAirRaid.code();

/// Who sends: the same for every message of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// `sender`.
    pub sender: String,
    /// `senderName`, for people.
    pub sender_name: String,
    /// What every identifier begins with, its dot or colon included.
    pub prefix: String,
    /// The world.
    pub status: Status,
}

impl Issuer {
    /// `identifier` of a link.
    pub(super) fn identifier(&self, chain: &[Told], link: Link) -> Option<String> {
        let told = chain.get(link.told)?;
        Some(format!("{}{}.{}.{}", self.prefix, told.index, told.at_s(), link.renewal))
    }

    /// Entry, second and renewal of an identifier of ours.
    pub(super) fn read(&self, identifier: &str) -> Option<(u64, i64, i64)> {
        let mut parts = identifier.strip_prefix(&self.prefix)?.split('.');
        let mut number = || parts.next().filter(|it| it.bytes().all(|b| b.is_ascii_digit()))?.parse::<i64>().ok();
        let read = (number()?, number()?, number()?);
        parts.next().is_none().then_some((u64::try_from(read.0).ok()?, read.1, read.2))
    }
}

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// It warns.
    Warn,
    /// The danger has passed.
    AllClear,
    /// Our own forecast stands no longer; nothing official follows from it.
    Lapse,
    /// It was a mistake.
    Cancel,
}

fn act(told: &Told) -> Act {
    match (&told.end, told.alert.standing) {
        (None, _) => Act::Warn,
        (Some((Outcome::Mistaken, _)), _) => Act::Cancel,
        (Some((Outcome::Passed, _)), Standing::Advisory) => Act::Lapse,
        (Some((Outcome::Passed, _)), _) => Act::AllClear,
    }
}

/// The message of a link. `None` for an instant that CAP cannot write.
pub(super) fn message(issuer: &Issuer, atlas: &Atlas, chain: &[Told], link: Link) -> Option<cap::Alert> {
    let told = chain.get(link.told)?;
    let act = act(told);
    let mut references = Vec::new();
    for earlier in referred(chain, link) {
        references.push(Reference {
            sender: issuer.sender.clone(),
            identifier: issuer.identifier(chain, earlier)?,
            sent: Instant::from_unix_s(earlier.sent_s)?,
        });
    }
    let msg_type = match act {
        Act::Cancel => MsgType::Cancel,
        // The first that is known of a chain begins it for its receivers.
        Act::Warn if references.is_empty() => MsgType::Alert,
        _ => MsgType::Update,
    };
    let exercise = issuer.status == Status::Exercise;
    let mut note = Vec::new();
    if exercise {
        note.push(format!("НАВЧАННЯ, не справжня тривога. EXERCISE, not a real alert: {}.", issuer.sender));
    }
    if let (Act::Cancel, Some((_, by))) = (act, &told.end) {
        note.push(format!("Оголошено помилково, скасовує {by}. Issued in error, taken back by {by}."));
    }
    let mut info = Vec::new();
    for language in Language::ALL {
        info.push(self::info(issuer, atlas, told, link, (act, language))?);
    }
    Some(cap::Alert {
        identifier: issuer.identifier(chain, link)?,
        sender: issuer.sender.clone(),
        sent: Instant::from_unix_s(link.sent_s)?,
        status: if exercise { cap::Status::Exercise } else { cap::Status::Actual },
        msg_type,
        source: None,
        scope: Scope::Public,
        restriction: None,
        addresses: Vec::new(),
        code: vec![PROFILE.to_owned()],
        note: (!note.is_empty()).then(|| note.join(" ")),
        references,
        incidents: vec![format!("{}alert.{}", issuer.prefix, told.alert.id)],
        info,
        signed: false,
    })
}

fn info(issuer: &Issuer, atlas: &Atlas, told: &Told, link: Link, (act, language): (Act, Language)) -> Option<Info> {
    let alert = &*told.alert;
    let advisory = alert.standing == Standing::Advisory;
    let (urgency, certainty) = match (act, advisory) {
        (Act::Warn, false) => (Urgency::Immediate, Certainty::Likely),
        (Act::Warn, true) => (Urgency::Expected, Certainty::Possible),
        (Act::AllClear, _) => (Urgency::Past, Certainty::Observed),
        (Act::Lapse | Act::Cancel, _) => (Urgency::Past, Certainty::Unlikely),
    };
    let severity = match alert.level {
        AlertLevel::Red if !advisory => Severity::Extreme,
        _ => Severity::Severe,
    };
    let response_type = match act {
        Act::Warn if advisory => vec![ResponseType::Prepare, ResponseType::Monitor],
        Act::Warn => vec![ResponseType::Shelter],
        Act::AllClear => vec![ResponseType::AllClear],
        Act::Lapse => vec![ResponseType::Monitor],
        Act::Cancel => vec![ResponseType::None],
    };
    // A window of arrival is told once: it is not true of a renewal.
    let arrival = alert.arrival.filter(|_| act == Act::Warn && link.renewal == 0);
    let onset_s = arrival
        .map(|it| told.at_s() + i64::from(it.earliest_s))
        .filter(|at| (link.sent_s + 1..link.expires_s()).contains(at));
    let onset = match onset_s {
        Some(at) => Some(Instant::from_unix_s(at)?),
        None => None,
    };
    let words = Words { areas: atlas.areas, told, act, language, exercise: issuer.status == Status::Exercise };
    Some(Info {
        language: Some(language.tag().to_owned()),
        category: vec![match alert.alert_type {
            AlertType::Chemical | AlertType::Nuclear => Category::Cbrne,
            _ => Category::Security,
        }],
        event: words.event(),
        response_type,
        urgency,
        severity,
        certainty,
        audience: None,
        event_code: vec![pair("UA-AirRaid:type", publish::alert_type_word(alert.alert_type))],
        effective: Some(Instant::from_unix_s(link.sent_s)?),
        onset,
        expires: Some(Instant::from_unix_s(link.expires_s())?),
        sender_name: Some(issuer.sender_name.clone()),
        headline: Some(words.headline()),
        description: Some(words.description()),
        instruction: Some(words.instruction()),
        web: None,
        contact: None,
        parameter: parameters(told, link, arrival),
        resource: Vec::new(),
        area: vec![area(atlas, alert, language)],
    })
}

fn pair(name: &str, value: &(impl ToString + ?Sized)) -> Pair {
    Pair { value_name: name.to_owned(), value: value.to_string() }
}

fn parameters(told: &Told, link: Link, arrival: Option<model::Arrival>) -> Vec<Pair> {
    let alert = &*told.alert;
    let kinds: Vec<String> = alert.kinds.iter().map(|kind| publish::kind_word(*kind)).collect();
    let standing = match alert.standing {
        Standing::Official => "official",
        Standing::Advisory => "advisory",
        Standing::Authority => "authority",
    };
    let mut all = vec![
        pair("UA-AirRaid:alert", &alert.id),
        // Which message is later when two are of one second: CAP writes whole seconds.
        pair("UA-AirRaid:seq", &told.index),
        pair("UA-AirRaid:renewal", &link.renewal),
        pair("UA-AirRaid:standing", standing),
        pair("UA-AirRaid:level", publish::alert_level_word(alert.level)),
        pair("UA-AirRaid:startedAt", &alert.started_at),
        pair("UA-AirRaid:decidedAt", &told.at),
    ];
    if !kinds.is_empty() {
        all.push(pair("UA-AirRaid:kinds", &kinds.join(" ")));
    }
    let said: Vec<&str> = match &told.end {
        Some((_, by)) => vec![by],
        None => alert.holders.keys().map(model::SourceId::as_str).collect(),
    };
    all.extend(said.into_iter().filter(|it| !it.trim().is_empty()).map(|by| pair("UA-AirRaid:saidBy", by)));
    if let Some(arrival) = arrival {
        let at = |after_s: u32| told.at.plus_ms(i64::from(after_s) * 1000);
        all.push(pair("UA-AirRaid:arrivalProbability", &format!("{:.2}", arrival.probability)));
        all.push(pair("UA-AirRaid:arrivalEarliest", &at(arrival.earliest_s)));
        all.push(pair("UA-AirRaid:arrivalLatest", &at(arrival.latest_s)));
    }
    all
}

/// Code and shape of where the alert holds.
fn area(atlas: &Atlas, alert: &Alert, language: Language) -> Area {
    let areas = atlas.areas;
    let found = areas.get(alert.community);
    let polygon = atlas.rings(alert.community).to_vec();
    let circle = found
        .filter(|it| polygon.is_empty() && it.placed && matches!(it.level, Level::Hromada | Level::Settlement))
        .map(|it| [it.centre.lat_deg(), it.centre.lon_deg(), it.radius_km].map(|x| (x * 1e4).round() / 1e4));
    let name = match alert.community.as_str() {
        "UA" => "ISO 3166-1",
        code if code.starts_with("UA") && code.len() == 19 => "KATOTTG",
        // Of another area set: the profile is Ukraine's alone.
        _ => "code",
    };
    Area {
        area_desc: place(areas, alert, language),
        polygon,
        circle: circle.into_iter().collect(),
        geocode: vec![pair(name, alert.community.as_str())],
        altitude: None,
        ceiling: None,
    }
}

/// The community and the region it lies in.
fn place(areas: &AreaSet, alert: &Alert, language: Language) -> String {
    let full = |area| match language {
        Language::Uk => areas.full_name_uk(area),
        Language::En => areas.full_name_en(area),
    };
    let Some(area) = areas.get(alert.community) else { return alert.community.to_string() };
    let region = areas.region_of(area.code).filter(|region| region.code != area.code);
    let parts = [Some(full(area)), region.map(full)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What a message says to people.
struct Words<'a> {
    areas: &'a AreaSet,
    told: &'a Told,
    act: Act,
    language: Language,
    exercise: bool,
}

impl Words<'_> {
    fn event(&self) -> String {
        let event = words::event(self.language, self.told.alert.alert_type);
        if self.told.alert.standing == Standing::Advisory {
            format!("{}: {}", self.language.of("Прогноз", "Forecast"), lower(event))
        } else {
            event.to_owned()
        }
    }

    fn headline(&self) -> String {
        let place = place(self.areas, &self.told.alert, self.language);
        let said = match self.act {
            Act::Warn => format!("{}: {place}", self.event()),
            Act::AllClear => format!("{} {}: {place}", self.language.of("ВІДБІЙ.", "ALL CLEAR."), self.event()),
            Act::Lapse => format!("{} {place}", self.language.of("Прогноз знято:", "Forecast withdrawn:")),
            Act::Cancel => format!("{} {}: {place}", self.language.of("СКАСОВАНО.", "CANCELLED."), self.event()),
        };
        let mark = if self.exercise { self.language.of("НАВЧАННЯ. ", "EXERCISE. ") } else { "" };
        format!("{mark}{said}").chars().take(HEADLINE_CHARS).collect()
    }

    fn description(&self) -> String {
        let (language, alert) = (self.language, &*self.told.alert);
        let mut said = Vec::new();
        match (self.act, &self.told.end) {
            (Act::AllClear, Some((_, by))) => {
                said.push(format!(
                    "{} {by}.",
                    language.of("Тривогу завершено словом:", "The alert was ended by the word of")
                ));
            }
            (Act::Lapse, _) => said.push(
                language
                    .of(
                        "Прогноз AllClear більше не чинний. Це не відбій.",
                        "AllClear's forecast no longer stands. This is no all-clear.",
                    )
                    .to_owned(),
            ),
            (Act::Cancel, Some((_, by))) => {
                said.push(format!(
                    "{} {by}.",
                    language.of("Оголошено помилково. Скасовує", "It was issued in error. Taken back by")
                ));
            }
            _ => {
                let kinds: Vec<&str> = alert.kinds.iter().map(|kind| words::kind(language, *kind)).collect();
                if !kinds.is_empty() {
                    said.push(format!("{}: {}.", language.of("Загроза", "Threat"), kinds.join(", ")));
                }
                said.push(format!("{}: {}.", language.of("Рівень", "Level"), words::level(language, alert.level)));
                let holders: Vec<&str> = alert.holders.keys().map(model::SourceId::as_str).collect();
                said.push(match alert.standing {
                    Standing::Advisory => language
                        .of("Прогноз AllClear, не офіційна тривога.", "AllClear's forecast, not an official alert.")
                        .to_owned(),
                    _ => format!("{}: {}.", language.of("Оголошено", "Told by"), holders.join(", ")),
                });
            }
        }
        said.push(format!("{}: {}.", language.of("Почалася", "Began"), alert.started_at));
        said.join(" ")
    }

    fn instruction(&self) -> String {
        let language = self.language;
        match self.act {
            Act::Warn if self.told.alert.standing == Standing::Advisory => format!(
                "{} {}",
                language.of(
                    "Будьте готові пройти в укриття. Стежте за офіційними тривогами.",
                    "Be ready to go to a shelter. Watch for official alerts."
                ),
                words::afterwards(language)
            ),
            Act::Warn => {
                format!("{} {}", words::instruction(language, self.told.alert.alert_type), words::afterwards(language))
            }
            Act::AllClear => language
                .of(
                    "Це повідомлення завершує цю тривогу. Інші тривоги для цієї місцевості можуть тривати.",
                    "This message ends this alert. Other alerts for the same place may go on.",
                )
                .to_owned(),
            Act::Lapse => language.of("Стежте за офіційними тривогами.", "Watch for official alerts.").to_owned(),
            Act::Cancel => language
                .of(
                    "Не зважайте на попередні повідомлення цієї тривоги.",
                    "Disregard the earlier messages of this alert.",
                )
                .to_owned(),
        }
    }
}

/// Headlines are cut by some devices beyond this many characters.
const HEADLINE_CHARS: usize = 140;

/// The first letter small, unless it begins an abbreviation.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
