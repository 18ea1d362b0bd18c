//! Profiles: what one community of senders asks of its messages beyond the standard.
//!
//! What comes in: a message and where its elements stand. What goes out: findings whose ids begin with `profile-`.
//! `UA-AirRaid` is written down in docs/reference/cap-profile.md.

use crate::alert::{Alert, Area, Info};
use crate::finding::Gravity;
use crate::read::{Walk, short};
use crate::value::{Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency};

/// A profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Air-raid alerts in Ukraine, version 1.0.
    UaAirRaid,
}

/// Longest time a message holds, seconds: whoever hears nothing for longer must not go on believing.
const EXPIRES_S_MAX: i64 = 2 * 3_600;
/// Longest headline, characters.
const HEADLINE_CHARS: usize = 140;
/// Most points of all polygons of an area.
const POINTS_MAX: usize = 200;
/// Ukraine within its internationally recognised borders, with some room: latitudes, longitudes, degrees.
const BOX: [std::ops::RangeInclusive<f64>; 2] = [44.0..=52.6, 21.9..=40.5];
/// Values of the event code.
const TYPES: [&str; 5] = ["air_raid", "artillery_shelling", "urban_fights", "chemical", "nuclear"];

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 1] = [Self::UaAirRaid];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UaAirRaid => "UA-AirRaid",
        }
    }

    /// The mark in `code` of a message that keeps it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UaAirRaid => "profile:UA-AirRaid:1.0",
        }
    }

    pub(crate) fn check(self, walk: &mut Walk, alert: &Alert) {
        match self {
            Self::UaAirRaid => AirRaid(walk).alert(alert),
        }
    }
}

struct AirRaid<'a>(&'a mut Walk);

impl AirRaid<'_> {
    fn error(&mut self, id: &'static str, path: &str, message: impl Into<String>, remedy: &str) {
        self.0.find(Gravity::Error, id, path, (message.into(), remedy.to_owned()));
    }

    fn alert(&mut self, alert: &Alert) {
        let code = Profile::UaAirRaid.code();
        if !alert.code.iter().any(|it| it.trim() == code) {
            self.error(
                "profile-code",
                "alert",
                "it does not say which profile it keeps",
                "add <code>profile:UA-AirRaid:1.0</code>",
            );
        }
        if !alert.identifier.starts_with("urn:") {
            self.error(
                "profile-identifier",
                "alert/identifier",
                "it is no URN",
                "begin with urn:oid: and the authority's arc",
            );
        }
        if !matches!(alert.status, Status::Actual | Status::Exercise) {
            self.error("profile-status", "alert/status", alert.status.as_str(), "Actual or Exercise");
        }
        if alert.scope != Scope::Public {
            self.error("profile-scope", "alert/scope", alert.scope.as_str(), "Public");
        }
        if alert.references.iter().any(|it| it.sender != alert.sender) {
            self.error(
                "profile-references",
                "alert/references",
                "it refers to another sender's message",
                "a chain has one sender",
            );
        }
        match alert.msg_type {
            MsgType::Ack | MsgType::Error => {
                self.error("profile-type", "alert/msgType", alert.msg_type.as_str(), "Alert, Update or Cancel");
            }
            MsgType::Alert if !alert.references.is_empty() => {
                self.error("profile-type", "alert/msgType", "an Alert that refers to earlier messages", "Update");
            }
            MsgType::Cancel if alert.note.is_none() => {
                self.error("profile-note", "alert/msgType", "nothing says why it was a mistake", "say it in <note>");
            }
            _ => {}
        }
        self.languages(alert);
        for (n, info) in alert.info.iter().enumerate() {
            self.info(&format!("alert/info[{}]", n + 1), info, alert);
        }
    }

    fn languages(&mut self, alert: &Alert) {
        let of = |wanted: &str| {
            let is = |info: &&Info| {
                let tag = info.language.as_deref().unwrap_or("en-US").trim().to_ascii_lowercase();
                tag.split('-').next() == Some(wanted)
            };
            alert.info.iter().filter(is).collect::<Vec<_>>()
        };
        let (uk, en) = (of("uk"), of("en"));
        for (name, found) in [("uk-UA", &uk), ("en", &en)] {
            if found.len() != 1 {
                let message = format!("{} <info> in {name}", found.len());
                self.error("profile-language", "alert", message, "one in uk-UA, one in en");
            }
        }
        if let ([uk], [en]) = (&uk[..], &en[..]) {
            let shape = |info: &Info| {
                info.area
                    .iter()
                    .map(|it| (it.polygon.clone(), it.circle.clone(), it.geocode.clone()))
                    .collect::<Vec<_>>()
            };
            if shape(uk) != shape(en) {
                self.error(
                    "profile-area",
                    "alert",
                    "the languages name different places",
                    "the same areas in every language",
                );
            }
            if uk.parameter != en.parameter {
                self.error(
                    "profile-parameter",
                    "alert",
                    "the languages carry different parameters",
                    "the same in every language",
                );
            }
        }
    }

    fn info(&mut self, path: &str, info: &Info, alert: &Alert) {
        let at = |name: &str| format!("{path}/{name}");
        let exercise = alert.status == Status::Exercise;
        if info.category.iter().any(|it| !matches!(it, Category::Security | Category::Cbrne))
            || info.category.len() != 1
        {
            self.error("profile-category", &at("category[1]"), "another category", "Security or CBRNE, one");
        }
        let types: Vec<_> = info.event_code.iter().filter(|it| it.value_name == "UA-AirRaid:type").collect();
        if types.len() != 1 || !TYPES.contains(&types[0].value.as_str()) {
            let message = "no single event code UA-AirRaid:type of its list";
            self.error(
                "profile-event-code",
                &at("eventCode[1]"),
                message,
                "air_raid, artillery_shelling, urban_fights, chemical or nuclear",
            );
        } else if (info.category == [Category::Cbrne]) != matches!(types[0].value.as_str(), "chemical" | "nuclear") {
            self.error(
                "profile-category",
                &at("category[1]"),
                "the category is not that of the event code",
                "CBRNE for chemical and nuclear, else Security",
            );
        }
        self.values(path, info, alert);
        for (name, text) in [
            ("senderName", &info.sender_name),
            ("headline", &info.headline),
            ("description", &info.description),
            ("instruction", &info.instruction),
        ] {
            match text {
                None => {
                    self.error("profile-words", path, format!("there is no <{name}>"), "say it in the info's language");
                }
                Some(text) if text.contains("://") => {
                    self.error(
                        "profile-link",
                        &at(name),
                        "it holds an address",
                        "forged alerts carry links: genuine ones carry none",
                    );
                }
                Some(_) => {}
            }
        }
        if info.web.is_some() || !info.resource.is_empty() {
            self.error(
                "profile-link",
                path,
                "it leads elsewhere by <web> or <resource>",
                "forged alerts carry links: genuine ones carry none",
            );
        }
        if let Some(headline) = &info.headline {
            let marked = ["НАВЧАННЯ", "EXERCISE"].iter().any(|mark| headline.starts_with(mark));
            if marked != exercise {
                self.error(
                    "profile-exercise",
                    &at("headline"),
                    format!("{:?} in a message that is {}", short(headline), alert.status.as_str()),
                    "headlines of an exercise, and no others, begin with НАВЧАННЯ or EXERCISE",
                );
            }
            if headline.chars().count() > HEADLINE_CHARS {
                self.error(
                    "profile-headline",
                    &at("headline"),
                    format!("{} characters", headline.chars().count()),
                    "at most 140",
                );
            }
        }
        let sent = alert.sent.unix_s();
        if info.expires.is_none_or(|it| it.unix_s() > sent + EXPIRES_S_MAX) {
            self.error(
                "profile-expires",
                &at("expires"),
                "it holds for more than two hours",
                "renew it before it ends",
            );
        }
        if info.effective.is_some_and(|it| it.unix_s() != sent) {
            self.error(
                "profile-effective",
                &at("effective"),
                "it does not hold from when it is sent",
                "the instant of sent",
            );
        }
        if info.onset.is_some_and(|it| it.unix_s() < sent) {
            self.error("profile-onset", &at("onset"), "the expected arrival lies before sent", "leave it out");
        }
        self.parameters(path, info);
        if info.area.len() != 1 {
            self.error(
                "profile-area",
                path,
                format!("{} areas", info.area.len()),
                "one: an alert is for one community",
            );
        }
        for (n, area) in info.area.iter().enumerate() {
            self.area(&format!("{path}/area[{}]", n + 1), area);
        }
    }

    /// The combinations of values there are: warning, forecast, all-clear, forecast withdrawn, mistake.
    fn values(&mut self, path: &str, info: &Info, alert: &Alert) {
        use ResponseType as R;
        let what = (&info.response_type[..], info.urgency, info.certainty, alert.msg_type);
        let warns = matches!(alert.msg_type, MsgType::Alert | MsgType::Update);
        let fits = match what {
            ([R::Shelter], Urgency::Immediate, Certainty::Likely | Certainty::Observed, _)
            | ([R::Prepare, R::Monitor], Urgency::Expected, Certainty::Possible, _) => warns,
            ([R::AllClear], Urgency::Past, Certainty::Observed, MsgType::Update)
            | ([R::Monitor], Urgency::Past, Certainty::Unlikely, MsgType::Update)
            | ([R::None], Urgency::Past, Certainty::Unlikely, MsgType::Cancel) => true,
            _ => false,
        };
        if !fits {
            let responses = info.response_type.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ");
            let message = format!(
                "{} with {responses}, {} and {}",
                alert.msg_type.as_str(),
                info.urgency.as_str(),
                info.certainty.as_str()
            );
            self.error("profile-values", &format!("{path}/urgency"), message, "one of the rows of the profile's table");
        }
        let level = value(info, "UA-AirRaid:level");
        let official = value(info, "UA-AirRaid:standing").is_some_and(|it| it != "advisory");
        let expected = if official && level == Some("red") { Severity::Extreme } else { Severity::Severe };
        if level.is_some() && info.severity != expected {
            let message = format!("{} at the level {}", info.severity.as_str(), level.unwrap_or_default());
            self.error(
                "profile-severity",
                &format!("{path}/severity"),
                message,
                "Extreme for red, Severe for yellow and for a forecast",
            );
        }
        if !official && info.response_type.iter().any(|it| matches!(it, R::Shelter | R::AllClear)) {
            self.error(
                "profile-standing",
                path,
                "a forecast that orders or clears",
                "a forecast asks to prepare; its end is no all-clear",
            );
        }
        if official && info.response_type.iter().any(|it| matches!(it, R::Prepare | R::Monitor)) {
            self.error(
                "profile-standing",
                path,
                "an alert that says what a forecast says",
                "Shelter, AllClear or None",
            );
        }
    }

    fn parameters(&mut self, path: &str, info: &Info) {
        let whole = |it: &str| it.parse::<u64>().is_ok();
        let instant = |it: &str| it.parse::<jiff::Timestamp>().is_ok();
        let rules: [(&str, Rule<'_>); 6] = [
            ("alert", &whole),
            ("seq", &whole),
            ("standing", &|it| ["official", "authority", "advisory"].contains(&it)),
            ("level", &|it| ["red", "yellow"].contains(&it)),
            ("startedAt", &instant),
            ("decidedAt", &instant),
        ];
        for (name, good) in rules {
            if !value(info, &format!("UA-AirRaid:{name}")).is_some_and(good) {
                self.error(
                    "profile-parameter",
                    path,
                    format!("no single usable parameter UA-AirRaid:{name}"),
                    "as the profile's table has it",
                );
            }
        }
    }

    fn area(&mut self, path: &str, area: &Area) {
        let code = |it: &crate::Pair| match it.value_name.as_str() {
            "KATOTTG" => {
                it.value.len() == 19 && it.value.starts_with("UA") && it.value[2..].bytes().all(|b| b.is_ascii_digit())
            }
            "ISO 3166-1" => it.value == "UA",
            _ => false,
        };
        if area.geocode.len() != 1 || !area.geocode.iter().all(code) {
            self.error(
                "profile-geocode",
                path,
                "no single code KATOTTG or ISO 3166-1",
                "UA and 17 digits, or UA for the country",
            );
        }
        let points = area.polygon.iter().flatten().copied();
        let centres = area.circle.iter().map(|[lat, lon, _]| [*lat, *lon]);
        if let Some([lat, lon]) =
            points.chain(centres).find(|[lat, lon]| !BOX[0].contains(lat) || !BOX[1].contains(lon))
        {
            self.error(
                "profile-place",
                path,
                format!("{lat},{lon} is not in Ukraine"),
                "latitude first, then longitude",
            );
        }
        if area.polygon.iter().map(Vec::len).sum::<usize>() > POINTS_MAX {
            self.error("profile-points", path, "more than 200 points", "simplify: the code says it exactly");
        }
    }
}

/// Whether a value is usable.
type Rule<'a> = &'a dyn Fn(&str) -> bool;

/// The value of a parameter that is there once.
fn value<'a>(info: &'a Info, name: &str) -> Option<&'a str> {
    let mut found = info.parameter.iter().filter(|it| it.value_name == name);
    let first = found.next()?;
    found.next().is_none().then_some(first.value.as_str())
}
