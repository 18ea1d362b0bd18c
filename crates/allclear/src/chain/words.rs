//! The words of messages, in both languages. Nothing here says "safe".

use model::{AlertLevel, AlertType, ThreatKind};

/// A language of messages and feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Ukrainian.
    Uk,
    /// English.
    En,
}

impl Language {
    /// Every language a message is told in, in order.
    pub const ALL: [Self; 2] = [Self::Uk, Self::En];

    /// As `language` of a message has it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Uk => "uk-UA",
            Self::En => "en",
        }
    }

    /// One of the two.
    pub const fn of<'a>(self, uk: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Uk => uk,
            Self::En => en,
        }
    }
}

/// What happens, as `event` has it.
pub(crate) const fn event(language: Language, alert_type: AlertType) -> &'static str {
    match alert_type {
        AlertType::AirRaid => language.of("Повітряна тривога", "Air raid alert"),
        AlertType::ArtilleryShelling => language.of("Загроза артилерійського обстрілу", "Artillery shelling threat"),
        AlertType::UrbanFights => language.of("Загроза вуличних боїв", "Urban fighting threat"),
        AlertType::Chemical => language.of("Хімічна загроза", "Chemical threat"),
        AlertType::Nuclear => language.of("Радіаційна загроза", "Radiation threat"),
    }
}

/// What to do.
pub(crate) const fn instruction(language: Language, alert_type: AlertType) -> &'static str {
    match alert_type {
        AlertType::AirRaid | AlertType::ArtilleryShelling => language
            .of("Пройдіть в укриття і лишайтеся там до відбою.", "Go to a shelter and stay there until the all-clear."),
        AlertType::UrbanFights => language.of(
            "Не виходьте на вулицю, тримайтеся подалі від вікон, лишайтеся в укритті до відбою.",
            "Do not go outside, keep away from windows, stay in shelter until the all-clear.",
        ),
        AlertType::Chemical | AlertType::Nuclear => language.of(
            "Зайдіть у приміщення, зачиніть вікна й двері, вимкніть вентиляцію, чекайте на вказівки.",
            "Go indoors, close windows and doors, switch ventilation off, wait for instructions.",
        ),
    }
}

/// What is said of time in every message that warns.
pub(crate) const fn afterwards(language: Language) -> &'static str {
    language.of(
        "Якщо строк дії цього повідомлення мине без нового, стан невідомий: це не відбій.",
        "If this message expires without a new one, the state is unknown: that is no all-clear.",
    )
}

pub(crate) const fn level(language: Language, level: AlertLevel) -> &'static str {
    match level {
        AlertLevel::Red => language.of("червоний", "red"),
        AlertLevel::Yellow => language.of("жовтий", "yellow"),
    }
}

/// What threatens, within a sentence.
pub(crate) const fn kind(language: Language, kind: ThreatKind) -> &'static str {
    match kind {
        ThreatKind::Uav => language.of("ударні БпЛА", "strike drones"),
        ThreatKind::JetUav => language.of("реактивні БпЛА", "jet drones"),
        ThreatKind::ReconUav => language.of("розвідувальний БпЛА", "a reconnaissance drone"),
        ThreatKind::Fpv => language.of("FPV-дрони", "FPV drones"),
        ThreatKind::CruiseMissile => language.of("крилаті ракети", "cruise missiles"),
        ThreatKind::BallisticMissile => language.of("балістичні ракети", "ballistic missiles"),
        ThreatKind::Missile => language.of("ракети", "missiles"),
        ThreatKind::GuidedBomb => language.of("керовані авіабомби", "guided bombs"),
        ThreatKind::Aviation => language.of("активність авіації", "active aviation"),
        ThreatKind::Mig31k => language.of("зліт МіГ-31К", "a MiG-31K in the air"),
        ThreatKind::Artillery => language.of("артилерія", "artillery"),
        ThreatKind::Unknown => language.of("вид загрози не названо", "kind not told"),
    }
}
