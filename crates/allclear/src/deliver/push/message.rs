//! What a push message says of one community, and when there is something new to say.
//!
//! What comes in: the state of a community. What goes out: the words, in the subscriber's language, beside the same as fields.
//! What always holds: an exercise says so first; *unknown* is never called calm; an advisory is called one; nothing says "safe".

use super::seal::WORDS_BYTES_MAX;
use crate::chain::Language;
use crate::chain::words;
use crate::publish::{alert_level_word, kind_word, status_word};
use model::{
    AlertId, AlertLevel, AlertType, AreaSet, Code, CommunityState, CommunityStatus, Picture, Status, ThreatKind, Word,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Parts named in a message by their names, and by their codes.
const PARTS_NAMED: usize = 3;
const PARTS_MAX: usize = 8;
/// Sources named in a message, and the length of each name in characters.
const SOURCES_MAX: usize = 3;
const SOURCE_CHARS_MAX: usize = 40;

/// What was said, or is to be said, of a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The truth.
    pub status: CommunityStatus,
    /// Level when active.
    pub level: Option<AlertLevel>,
    /// What the alerts in force warn of.
    pub types: BTreeSet<AlertType>,
    /// Kinds when active.
    pub kinds: BTreeSet<ThreatKind>,
    /// The greatest communities below it that are active while it is not.
    #[serde(default)]
    pub parts: BTreeSet<Code>,
    /// The kind that our own forecast expects, for those who asked for it and while no alert is in force.
    pub elevated: Option<ThreatKind>,
    /// What was known last when unknown.
    pub last_known: Option<Word>,
    /// Alerts in force that reach it.
    pub alerts: BTreeSet<AlertId>,
    /// Who says so.
    pub sources: Vec<String>,
}

impl Said {
    /// Of a community's state. `advisories`: our own forecast is told too. `parts`: what is active below it.
    pub fn of(state: &CommunityState, picture: &Picture, advisories: bool, parts: BTreeSet<Code>) -> Self {
        let active = state.status == CommunityStatus::Active;
        let word = match state.status {
            CommunityStatus::Active => Word::Active,
            CommunityStatus::Clear => Word::Clear,
            CommunityStatus::Unknown => Word::Unknown,
        };
        let sources = state.said_by.iter().filter(|view| view.word == word && word != Word::Unknown);
        Self {
            status: state.status,
            level: state.level.filter(|_| active),
            types: picture
                .alerts
                .iter()
                .filter(|alert| state.alerts.contains(&alert.id))
                .map(|alert| alert.alert_type)
                .collect(),
            kinds: if active { state.kinds.iter().copied().collect() } else { BTreeSet::new() },
            parts: if active { BTreeSet::new() } else { parts },
            elevated: state.elevated.as_ref().filter(|_| advisories && !active).map(|arrival| arrival.kind),
            last_known: state.last_known.filter(|_| state.status == CommunityStatus::Unknown),
            alerts: state.alerts.iter().copied().collect(),
            sources: sources
                .take(SOURCES_MAX)
                .map(|view| view.source.as_str().chars().take(SOURCE_CHARS_MAX).collect())
                .collect(),
        }
    }

    /// Whether a reader of `before` learns nothing from this.
    pub fn says_the_same(&self, before: &Self) -> bool {
        let active = self.status == CommunityStatus::Active;
        self.status == before.status
            && self.elevated == before.elevated
            && self.parts == before.parts
            && (!active || (self.level == before.level && self.kinds == before.kinds && self.types == before.types))
    }

    /// Whether it must be told at once: an official alert, here or in a part.
    pub fn is_urgent(&self) -> bool {
        self.status == CommunityStatus::Active || !self.parts.is_empty()
    }

    /// The headline, without the place.
    fn headline(&self, language: Language) -> &'static str {
        match (self.status, self.elevated) {
            (CommunityStatus::Active, _) => match self.types.first() {
                Some(kind) => words::event(language, *kind),
                None => language.of("Тривога", "Alert"),
            },
            _ if !self.parts.is_empty() => language.of("Тривога в частині", "Alert in part"),
            (_, Some(_)) => language.of("Можлива загроза", "Elevated danger"),
            (CommunityStatus::Clear, None) => language.of("Відбій: тривоги немає", "All clear: no alert"),
            (CommunityStatus::Unknown, None) => language.of("Стан невідомий", "State unknown"),
        }
    }

    fn body_of_parts(&self, language: Language, areas: &AreaSet) -> String {
        let named: Vec<String> = self.parts.iter().take(PARTS_NAMED).map(|code| name(areas, *code, language)).collect();
        let mut body = format!("{} {}", language.of("Оголошено для:", "Declared for:"), named.join(", "));
        if self.parts.len() > PARTS_NAMED {
            body += language.of(" і ще ", " and ");
            body += &(self.parts.len() - PARTS_NAMED).to_string();
            body += language.of("", " more");
        }
        body += language.of(
            ". Якщо ви там, пройдіть в укриття і лишайтеся там до відбою.",
            ". If you are there, go to a shelter and stay there until the all-clear.",
        );
        if self.status == CommunityStatus::Unknown {
            body += language.of(" Про решту нічого не відомо.", " Of the rest nothing is known.");
        }
        body
    }

    fn body(&self, language: Language, areas: &AreaSet) -> String {
        if !self.parts.is_empty() {
            return self.body_of_parts(language, areas);
        }
        let kinds = |kinds: &mut dyn Iterator<Item = ThreatKind>| {
            kinds.map(|kind| words::kind(language, kind)).collect::<Vec<_>>().join(", ")
        };
        let by = if self.sources.is_empty() {
            String::new()
        } else {
            format!(" {} {}.", language.of("Каже:", "Says"), self.sources.join(", "))
        };
        match (self.status, self.elevated) {
            (CommunityStatus::Active, _) => {
                let level = self.level.map_or_else(String::new, |level| match language {
                    Language::Uk => format!("{} рівень. ", capital(words::level(language, level))),
                    Language::En => format!("{} level. ", capital(words::level(language, level))),
                });
                let what = if self.kinds.is_empty() {
                    String::new()
                } else {
                    format!("{}. ", capital(&kinds(&mut self.kinds.iter().copied())))
                };
                let todo = words::instruction(language, self.types.first().copied().unwrap_or(AlertType::AirRaid));
                format!("{level}{what}{todo}{by}")
            }
            (status, Some(kind)) => {
                let official = match status {
                    CommunityStatus::Clear => language.of("Офіційної тривоги немає.", "There is no official alert."),
                    _ => language.of("Офіційний стан невідомий.", "The official state is unknown."),
                };
                let forecast =
                    language.of("Прогноз AllClear, не офіційна тривога", "Forecast by AllClear, not an official alert");
                let ready = language.of("Будьте готові пройти в укриття.", "Be ready to go to a shelter.");
                format!("{forecast}: {}. {official} {ready}", words::kind(language, kind))
            }
            (CommunityStatus::Clear, None) => {
                let on = language.of(
                    "Почувши вибухи, ідіть в укриття, не чекаючи тривоги.",
                    "If you hear explosions, take shelter without waiting for an alert.",
                );
                format!("{on}{by}")
            }
            (CommunityStatus::Unknown, None) => {
                let last = match self.last_known {
                    Some(Word::Active) => language.of(
                        "Останнє відоме: тривога. Поводьтеся так, ніби вона триває. ",
                        "Last known: alert. Act as if it goes on. ",
                    ),
                    Some(Word::Clear) => language.of("Останнє відоме: тривоги немає. ", "Last known: no alert. "),
                    _ => "",
                };
                let silent = language.of(
                    "Офіційних джерел не чути. Тиша не означає відбою: стежте за сиренами й іншими каналами.",
                    "No official source is heard. Silence is not an all-clear: listen for sirens and other channels.",
                );
                format!("{last}{silent}")
            }
        }
    }
}

/// A community's name.
fn name(areas: &AreaSet, code: Code, language: Language) -> String {
    let name = areas.get(code).map(|area| match language {
        Language::Uk => areas.full_name_uk(area),
        Language::En => areas.full_name_en(area),
    });
    name.unwrap_or_else(|| code.to_string())
}

/// With a capital letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The fields of a message, as the page's service worker and apps read them: docs/reference/push.md.
#[derive(Serialize)]
struct Fields<'a> {
    v: u8,
    status: &'static str,
    seq: u64,
    as_of: &'a str,
    community: Option<&'a str>,
    state: Option<CommunityStatus>,
    level: Option<&'static str>,
    kinds: Vec<String>,
    elevated: Option<String>,
    parts: Vec<&'a str>,
    lang: &'static str,
    title: String,
    body: String,
}

/// Where and when something is said.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// Names.
    pub areas: &'a AreaSet,
    /// World.
    pub status: Status,
    /// Size of the record.
    pub seq: u64,
    /// The instant it is true for.
    pub as_of: &'a str,
}

impl At<'_> {
    /// A message about one community, in each of [`Language::ALL`].
    pub fn about(&self, community: Code, said: &Said) -> [Arc<str>; 2] {
        Language::ALL.map(|language| {
            let title = format!("{}: {}", said.headline(language), name(self.areas, community, language));
            self.write(language, Some((community, said)), &title, &said.body(language, self.areas))
        })
    }

    /// The first message of a subscription: what it is about, how it stands now, and what push cannot do.
    pub fn hello(&self, language: Language, communities: &[(Code, Said)]) -> Arc<str> {
        let title = language.of("Сповіщення увімкнено", "Notifications are on");
        let never = language.of(
            "Push може спізнитися або не прийти. Не покладайтеся лише на нього: сирени й офіційні канали лишаються головними.",
            "A push may come late or not at all. Never rely on it alone: sirens and official channels come first.",
        );
        let mut body = String::new();
        for (place, (code, said)) in communities.iter().enumerate() {
            let line = format!("{}: {}. ", name(self.areas, *code, language), said.headline(language));
            if body.len() + line.len() > WORDS_BYTES_MAX / 3 {
                let more = communities.len() - place;
                body += language.of("і ще ", "and ");
                body += &more.to_string();
                body += language.of(". ", " more. ");
                break;
            }
            body += &line;
        }
        self.write(language, None, title, &(body + never))
    }

    fn write(&self, language: Language, about: Option<(Code, &Said)>, title: &str, body: &str) -> Arc<str> {
        let mark = match self.status {
            Status::Actual => "",
            Status::Exercise => language.of("НАВЧАННЯ. ", "EXERCISE. "),
        };
        let said = about.map(|(_, said)| said);
        let fields = Fields {
            v: 1,
            status: status_word(self.status),
            seq: self.seq,
            as_of: self.as_of,
            community: about.as_ref().map(|(code, _)| code.as_str()),
            state: said.map(|said| said.status),
            level: said.and_then(|said| said.level).map(alert_level_word),
            kinds: said.map(|said| said.kinds.iter().map(|kind| kind_word(*kind)).collect()).unwrap_or_default(),
            elevated: said.and_then(|said| said.elevated).map(kind_word),
            parts: said.into_iter().flat_map(|said| &said.parts).take(PARTS_MAX).map(Code::as_str).collect(),
            lang: language.of("uk", "en"),
            title: format!("{mark}{title}"),
            body: format!("{mark}{body}"),
        };
        // Fields hold only strings, numbers and lists: they cannot fail to serialise.
        serde_json::to_string(&fields).unwrap_or_default().into()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use model::{SourceId, Timestamp, View};

    pub(in crate::deliver::push) const KONOTOP: &str = "UA59020000000081905";
    pub(in crate::deliver::push) const SUMY: &str = "UA59000000000057109";

    pub(in crate::deliver::push) fn state(code: &str, status: CommunityStatus) -> CommunityState {
        let word = match status {
            CommunityStatus::Active => Word::Active,
            CommunityStatus::Clear => Word::Clear,
            CommunityStatus::Unknown => Word::Unknown,
        };
        CommunityState {
            community: code.parse().unwrap(),
            status,
            level: (status == CommunityStatus::Active).then_some(AlertLevel::Red),
            kinds: if status == CommunityStatus::Active { vec![ThreatKind::BallisticMissile] } else { Vec::new() },
            alerts: Vec::new(),
            partial: false,
            elevated: None,
            since: None,
            last_known: (status == CommunityStatus::Unknown).then_some(Word::Active),
            disagreement: false,
            said_by: vec![View {
                source: SourceId::new("official"),
                word,
                last_word: None,
                since: None,
                heard_at: None,
            }],
            as_of: Timestamp::from_millis(0),
        }
    }

    pub(in crate::deliver::push) fn picture(communities: Vec<CommunityState>) -> Picture {
        Picture {
            as_of: Timestamp::from_millis(0),
            communities,
            alerts: Vec::new(),
            tracks: Vec::new(),
            forecasts: Vec::new(),
            sources: Vec::new(),
            waiting: Vec::new(),
            unheld: Vec::new(),
        }
    }

    fn elevated(mut state: CommunityState) -> CommunityState {
        state.elevated =
            Some(model::Arrival { probability: 0.4, earliest_s: 60, latest_s: 600, kind: ThreatKind::Uav });
        state
    }

    fn check(state: &CommunityState, status: Status, uk: &str, en: &str) {
        check_parts(state, &[], status, uk, en);
    }

    fn check_parts(state: &CommunityState, parts: &[&str], status: Status, uk: &str, en: &str) {
        let at = At { areas: AreaSet::bundled(), status, seq: 7, as_of: "1970-01-01T00:00:00.000Z" };
        let said =
            Said::of(state, &picture(Vec::new()), true, parts.iter().map(|code| code.parse().unwrap()).collect());
        let read = |text: &Arc<str>| {
            let fields: serde_json::Value = serde_json::from_str(text).unwrap();
            assert!(text.len() <= WORDS_BYTES_MAX, "{text}");
            format!("{} | {}", fields["title"].as_str().unwrap(), fields["body"].as_str().unwrap())
        };
        let [in_uk, in_en] = at.about(state.community, &said);
        assert_eq!(read(&in_uk), uk);
        assert_eq!(read(&in_en), en);
    }

    #[test]
    fn each_state_is_said_in_words_that_promise_nothing() {
        let of = |status| state(KONOTOP, status);
        check(
            &of(CommunityStatus::Active),
            Status::Actual,
            "Тривога: Конотопський район | Червоний рівень. Балістичні ракети. Пройдіть в укриття і лишайтеся там до відбою. Каже: official.",
            "Alert: Konotop Raion | Red level. Ballistic missiles. Go to a shelter and stay there until the all-clear. Says official.",
        );
        check(
            &of(CommunityStatus::Clear),
            Status::Exercise,
            "НАВЧАННЯ. Відбій: тривоги немає: Конотопський район | НАВЧАННЯ. Почувши вибухи, ідіть в укриття, не чекаючи тривоги. Каже: official.",
            "EXERCISE. All clear: no alert: Konotop Raion | EXERCISE. If you hear explosions, take shelter without waiting for an alert. Says official.",
        );
        check(
            &of(CommunityStatus::Unknown),
            Status::Actual,
            "Стан невідомий: Конотопський район | Останнє відоме: тривога. Поводьтеся так, ніби вона триває. Офіційних джерел не чути. Тиша не означає відбою: стежте за сиренами й іншими каналами.",
            "State unknown: Konotop Raion | Last known: alert. Act as if it goes on. No official source is heard. Silence is not an all-clear: listen for sirens and other channels.",
        );
        check(
            &elevated(of(CommunityStatus::Clear)),
            Status::Actual,
            "Можлива загроза: Конотопський район | Прогноз AllClear, не офіційна тривога: ударні БпЛА. Офіційної тривоги немає. Будьте готові пройти в укриття.",
            "Elevated danger: Konotop Raion | Forecast by AllClear, not an official alert: strike drones. There is no official alert. Be ready to go to a shelter.",
        );
        check_parts(
            &state(SUMY, CommunityStatus::Clear),
            &[KONOTOP],
            Status::Actual,
            "Тривога в частині: Сумська область | Оголошено для: Конотопський район. Якщо ви там, пройдіть в укриття і лишайтеся там до відбою.",
            "Alert in part: Sumy Oblast | Declared for: Konotop Raion. If you are there, go to a shelter and stay there until the all-clear.",
        );
    }

    #[test]
    fn a_forecast_is_told_only_to_those_who_asked_and_never_beside_an_alert() {
        let (calm, empty) = (elevated(state(KONOTOP, CommunityStatus::Clear)), picture(Vec::new()));
        assert_eq!(Said::of(&calm, &empty, false, BTreeSet::new()).elevated, None);
        assert_eq!(Said::of(&calm, &empty, true, BTreeSet::new()).elevated, Some(ThreatKind::Uav));
        let alert = elevated(state(KONOTOP, CommunityStatus::Active));
        assert_eq!(Said::of(&alert, &empty, true, BTreeSet::new()).elevated, None);
    }

    #[test]
    fn a_hello_to_many_communities_is_cut_to_what_fits() {
        let areas = AreaSet::bundled();
        let at = At { areas, status: Status::Exercise, seq: 7, as_of: "1970-01-01T00:00:00.000Z" };
        let said = Said::of(&state(KONOTOP, CommunityStatus::Active), &picture(Vec::new()), false, BTreeSet::new());
        let all: Vec<_> = areas.iter().take(32).map(|area| (area.code, said.clone())).collect();
        for language in Language::ALL {
            let words = at.hello(language, &all);
            assert!(words.len() <= WORDS_BYTES_MAX, "{}: {words}", words.len());
        }
    }
}
