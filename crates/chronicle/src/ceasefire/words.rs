//! The report in words, Ukrainian and English. Words come from here for the page too.

use super::breach::{Breach, InArea, InTime, Mark, Status};
use super::dossier::{Domain, Position};
use super::force::{InForce, PartyForce, Period, Why};
use super::report::{Judged, RegimeReport, Report};
use crate::incident::{Confidence, Grade};
use model::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The language of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Ukrainian.
    Uk,
    /// English.
    En,
}

impl Lang {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::En => "en",
        }
    }

    pub(crate) const fn say(self, uk: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Uk => uk,
            Self::En => en,
        }
    }
}

pub(super) const fn in_force(lang: Lang, overall: InForce) -> &'static str {
    match overall {
        InForce::Yes => lang.say("чинне", "yes"),
        InForce::No => lang.say("не чинне", "no"),
        InForce::Disputed => lang.say("спірно", "disputed"),
    }
}

pub(super) const fn why(lang: Lang, why: Why) -> &'static str {
    match why {
        Why::Accepted => lang.say("прийняла", "accepted"),
        Why::NoStance => lang.say("нічого не сказала", "has said nothing of it"),
        Why::Proposed => lang.say("пропонує; це ще не прийняття", "proposes; that is no acceptance"),
        Why::ConditionsOpen => {
            lang.say("прийняла з умовами, які не виконано", "accepted with conditions that are open")
        }
        Why::Rejected => lang.say("відхилила", "rejected"),
        Why::Silent => lang.say("не відповіла", "was asked and is silent"),
        Why::Withdrawn => lang.say("відкликала згоду", "withdrew"),
        Why::OthersMissing => {
            lang.say("прийняла; текст діє лише коли приймуть усі", "accepted; the text waits for every party")
        }
        Why::NotStarted => lang.say("прийняла; ще не почалося", "accepted; not begun"),
        Why::Ended => lang.say("прийняла; строк минув", "accepted; over"),
    }
}

pub(super) const fn position(lang: Lang, position: Position) -> &'static str {
    match position {
        Position::Proposed => lang.say("пропонує", "proposes"),
        Position::Accepted => lang.say("приймає", "accepts"),
        Position::AcceptedWith => lang.say("приймає з умовами", "accepts with conditions"),
        Position::Rejected => lang.say("відхиляє", "rejects"),
        Position::Silent => lang.say("мовчить", "is silent"),
        Position::Withdrawn => lang.say("відкликає", "withdraws"),
    }
}

pub(super) const fn domain(lang: Lang, domain: Domain) -> &'static str {
    match domain {
        Domain::Air => lang.say("повітря", "air"),
        Domain::Sea => lang.say("море", "sea"),
        Domain::Frontline => lang.say("лінія фронту", "front line"),
        Domain::Energy => lang.say("енергетика", "energy"),
        Domain::Ports => lang.say("порти", "ports"),
        Domain::Civilian => lang.say("цивільні об'єкти", "civilian objects"),
    }
}

pub(super) const fn status(lang: Lang, status: Status) -> &'static str {
    match status {
        Status::Confirmed => lang.say("підтверджене", "confirmed"),
        Status::Recorded => lang.say("зафіксоване", "recorded"),
        Status::Alleged => lang.say("заявлене", "alleged"),
        Status::Excepted => lang.say("дозволене винятком", "allowed by an exception"),
        Status::Outside => lang.say("поза часом чи місцем", "outside of time or area"),
        Status::Discounted => lang.say("спростоване", "discounted"),
    }
}

pub(super) const fn grade(lang: Lang, grade: Grade) -> &'static str {
    match grade {
        Grade::Confirmed => lang.say("підтверджено", "confirmed"),
        Grade::Fair => lang.say("правдоподібно", "fair"),
        Grade::Weak => lang.say("слабко: одне джерело", "weak: one origin"),
        Grade::Contested => lang.say("оспорюється", "contested"),
        Grade::Discounted => lang.say("спростовано", "discounted"),
    }
}

pub(super) const fn confidence(lang: Lang, confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::None => lang.say("ніхто не встановлений", "nobody established"),
        Confidence::Low => lang.say("низька певність", "low confidence"),
        Confidence::Moderate => lang.say("середня певність", "moderate confidence"),
        Confidence::High => lang.say("висока певність", "high confidence"),
    }
}

pub(super) fn verdict(lang: Lang, verdict: &str) -> &str {
    match verdict {
        "agree" => lang.say("збігаються", "agree"),
        "compatible" => lang.say("сумісні", "compatible"),
        "conflict" => lang.say("суперечать", "conflict"),
        "incomparable" => lang.say("непорівнянні", "incomparable"),
        other => other,
    }
}

pub(super) fn because(lang: Lang, reason: &str) -> &str {
    if lang == Lang::En {
        return reason;
    }
    match reason {
        "each counts what the other side did" => "кожна рахує зроблене іншою стороною",
        "their times differ" => "різний час",
        "their areas differ" => "різна місцевість",
        "their units differ" => "різні одиниці",
        other => other,
    }
}

/// An instant to the minute in UTC, as people read it.
pub(super) fn instant(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} {} UTC", text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default())
}

pub(super) fn period(lang: Lang, period: &Period) -> String {
    let from = instant(period.from);
    match period.to {
        Some(to) => format!("{from} – {}", instant(to)),
        None => format!("{} {from}", lang.say("від", "since")),
    }
}

pub(super) fn by(lang: Lang, by: &str) -> String {
    if by == "common" {
        lang.say("за спільним ядром версій", "by the common core of the versions").to_owned()
    } else {
        format!("{} {by}", lang.say("за версією, яку прийняла сторона", "by the version accepted by"))
    }
}

/// "confirmed 1, alleged 3", or none.
pub(super) fn tally(lang: Lang, by_status: &BTreeMap<&'static str, u32>) -> String {
    let parts: Vec<String> = Status::COUNTED
        .iter()
        .filter_map(|it| by_status.get(it.name()).map(|n| format!("{}: {n}", status(lang, *it))))
        .collect();
    if parts.is_empty() {
        lang.say("жодного не записано", "none recorded").to_owned()
    } else {
        parts.join(", ")
    }
}

fn parties(lang: Lang, by_party: &BTreeMap<String, u32>) -> String {
    let name =
        |party: &str| if party == "-" { lang.say("нікому", "nobody").to_owned() } else { party.to_owned() };
    by_party.iter().map(|(party, n)| format!("{}: {n}", name(party))).collect::<Vec<_>>().join(", ")
}

pub(super) fn party_force(lang: Lang, force: &PartyForce) -> String {
    let mut words = vec![if force.in_force { lang.say("так", "yes") } else { lang.say("ні", "no") }.to_owned()];
    words.push(why(lang, force.why).to_owned());
    words.extend(force.version.map(|version| format!("{} {version}", lang.say("версія", "version"))));
    words.extend(force.since.map(|since| format!("{} {}", lang.say("від", "since"), instant(since))));
    if !force.conditions.is_empty() {
        words.push(force.conditions.join("; "));
    }
    words.join("; ")
}

pub(super) fn breach(lang: Lang, it: &Breach) -> String {
    let mut words = vec![
        status(lang, it.status).to_owned(),
        it.area.clone(),
        instant(it.window[0]),
        grade(lang, it.grade).to_owned(),
        format!("{}: {}", lang.say("предметів", "things"), it.quantity),
        format!("{}: {}", lang.say("інцидентів", "incidents"), it.incidents.join(", ")),
    ];
    words.push(match &it.attribution.party {
        Some(party) => format!("{party} ({})", confidence(lang, it.attribution.confidence)),
        None if it.attribution.rivals.is_empty() => confidence(lang, Confidence::None).to_owned(),
        None => {
            let rivals: Vec<&str> = it.attribution.rivals.iter().map(String::as_str).collect();
            format!("{}: {}", lang.say("звинувачують одне одного", "rival attributions"), rivals.join(", "))
        }
    });
    if it.in_time == InTime::ClockUncertain {
        words.push(lang.say("час на межі строку", "at the edge of the time of force").to_owned());
    }
    for mark in &it.marks {
        words.push(
            match mark {
                Mark::LaunchedBefore => {
                    lang.say("пуск до початку: позначено, не оцінено", "launched before the start: marked, not judged")
                }
                Mark::ArrivedAfter => {
                    lang.say("прибуття після кінця: позначено, не оцінено", "arrived after the end: marked, not judged")
                }
            }
            .to_owned(),
        );
    }
    if it.in_area == InArea::BoundaryUncertain {
        words.push(lang.say("місце на межі", "place at the boundary").to_owned());
    }
    if !it.replies.is_empty() {
        let replies: Vec<&str> = it.replies.iter().map(String::as_str).collect();
        words.push(format!("{}: {}", lang.say("заперечує", "denied by"), replies.join(", ")));
    }
    words.join("; ")
}

/// The whole report.
#[must_use]
pub fn words(report: &Report, lang: Lang) -> String {
    let mut to = String::new();
    let _ = writeln!(to, "{}", report.name);
    let _ = writeln!(
        to,
        "{} {}; {} {}. {}",
        lang.say("Станом на", "As of"),
        instant(report.at),
        lang.say("доба за часом", "days of"),
        report.zone,
        lang.say("Записаного пізніше тут немає.", "Nothing recorded later is in it.")
    );
    for regime in &report.regimes {
        self::regime(lang, regime, &mut to);
    }
    counts(lang, report, &mut to);
    if report.withheld > 0 {
        let _ = writeln!(
            to,
            "\n{}: {}",
            lang.say("Інциденти під ембарго, зміст не оприлюднено", "Incidents under embargo, not told"),
            report.withheld
        );
    }
    let _ = writeln!(to, "\n{}", lang.say("Хід подій", "Timeline"));
    for entry in &report.timeline {
        let said = entry.statement.as_ref().map_or_else(String::new, |it| format!(" — {}: {}", it.source, it.words));
        let _ = writeln!(to, "  {}  {}  {}{said}", instant(entry.at), entry.by, entry.detail);
    }
    to
}

fn regime(lang: Lang, regime: &RegimeReport, to: &mut String) {
    let _ = writeln!(to, "\n{} {}", lang.say("Режим", "Regime"), regime.regime);
    for version in &regime.versions {
        let clauses: Vec<&str> = version.clauses.iter().map(|it| domain(lang, it.domain)).collect();
        let end = version.end.map(instant).or_else(|| version.hours.map(|h| format!("{h} h")));
        let _ = writeln!(
            to,
            "  {} {} ({}{}): {}; {} – {}; sha256 {}",
            lang.say("версія", "version"),
            version.version,
            version.proposer,
            version
                .reading_of
                .as_ref()
                .map_or_else(String::new, |it| format!(", {} {it}", lang.say("у розумінні", "as read by"))),
            clauses.join(", "),
            version.start.map_or_else(|| lang.say("від прийняття", "from acceptance").to_owned(), instant),
            end.unwrap_or_else(|| lang.say("без кінця", "no end").to_owned()),
            version.text_sha256.get(..12).unwrap_or_default()
        );
    }
    let _ = writeln!(to, "  {}: {}", lang.say("Чинність", "In force"), in_force(lang, regime.force.overall));
    for (party, force) in &regime.force.parties {
        let _ = writeln!(to, "    {party}: {}", party_force(lang, force));
    }
    let turns: Vec<String> =
        regime.history.iter().map(|it| format!("{} {}", instant(it.from), in_force(lang, it.overall))).collect();
    if turns.len() > 1 {
        let _ = writeln!(to, "    {}: {}", lang.say("як змінювалося", "how that changed"), turns.join("; "));
    }
    match &regime.core {
        None => {
            let none = lang.say("немає: не всі сторони щось прийняли", "none: not every party accepted something");
            let _ = writeln!(to, "  {}: {none}", lang.say("Спільне ядро", "Common core"));
        }
        Some(core) => {
            let clauses: Vec<&str> = core.clauses.iter().map(|it| it.id.as_str()).collect();
            let periods: Vec<String> = core.periods.iter().map(|it| period(lang, it)).collect();
            let never = lang.say("ніколи для всіх одразу", "never for all at once");
            let _ = writeln!(
                to,
                "  {}: {}; {}",
                lang.say("Спільне ядро", "Common core"),
                if clauses.is_empty() {
                    lang.say("нічого спільного", "nothing in common").to_owned()
                } else {
                    clauses.join(", ")
                },
                if periods.is_empty() { never.to_owned() } else { periods.join(", ") }
            );
        }
    }
    for judged in &regime.judged {
        self::judged(lang, judged, to);
    }
}

fn judged(lang: Lang, judged: &Judged, to: &mut String) {
    let _ = writeln!(
        to,
        "  {}: {} {}",
        by(lang, &judged.by),
        lang.say("порушення —", "breaches —"),
        tally(lang, &judged.by_status)
    );
    if !judged.by_party.is_empty() {
        let label = lang.say("приписано", "attributed to");
        let _ = writeln!(to, "    {label} {}", parties(lang, &judged.by_party));
    }
    for it in &judged.breaches {
        let _ = writeln!(to, "    [{}] {}", it.clause, breach(lang, it));
    }
    for day in &judged.days {
        let change = day.change.map_or_else(String::new, |change| format!(" ({change:+})"));
        let unwatched = if day.areas.is_empty() { format!("; {}", unobserved(lang)) } else { String::new() };
        let _ = writeln!(to, "    {}: {}{change}{unwatched}", day.date, tally(lang, &day.by_status));
        for (area, hours) in &day.areas {
            let _ = writeln!(to, "      {area}: {}", silence(lang, hours));
        }
    }
}

const fn unobserved(lang: Lang) -> &'static str {
    lang.say("ніхто не спостерігав, тож мовчання нічого не означає", "nobody observed, so that silence says nothing")
}

/// What may be said of an area's silence: never that nothing happened, only in how many of the observed hours.
pub(super) fn silence(lang: Lang, hours: &super::days::AreaDay) -> String {
    let mut words = Vec::new();
    if hours.observed == 0 {
        words.push(unobserved(lang).to_owned());
    } else {
        words.push(format!(
            "{} {} {} {} {} ({} {})",
            lang.say("без підтверджених чи зафіксованих порушень", "no confirmed or recorded breach in"),
            hours.breach_free,
            lang.say("із", "of"),
            hours.observed,
            lang.say("спостережених годин", "observed hours"),
            lang.say("чинних годин:", "hours in force:"),
            hours.hours
        ));
        if hours.alleged_only > 0 {
            words.push(format!(
                "{} {} {}",
                lang.say("з них у", "in"),
                hours.alleged_only,
                lang.say("є твердження про порушення", "of these a breach is alleged")
            ));
        }
    }
    if hours.partly > 0 {
        words.push(format!(
            "{} {} {}",
            lang.say("ще в", "in"),
            hours.partly,
            lang.say(
                "годинах спостерігали лише за частиною того, що захищено",
                "other hours only a part of what is protected was observed"
            )
        ));
    }
    if hours.feed > 0 {
        words.push(format!(
            "{} {} {} {} {}",
            lang.say("без тривоги", "no alert in"),
            hours.alert_free,
            lang.say("із", "of"),
            hours.feed,
            lang.say("годин, коли стрічка тривог працювала", "hours in which the feed of alerts was up")
        ));
    }
    words.join("; ")
}

fn counts(lang: Lang, report: &Report, to: &mut String) {
    if report.counts.is_empty() {
        return;
    }
    let _ = writeln!(to, "\n{}", lang.say("Підрахунки самих сторін", "The parties' own counts"));
    for row in &report.counts {
        let common: Vec<String> = row.common.iter().map(|(unit, n)| format!("{unit} {n}")).collect();
        let _ = writeln!(
            to,
            "  {} → {}: {} ({}); {}: {}; {}: {}",
            row.party,
            row.accuses,
            row.total,
            row.unit,
            lang.say("у спільних одиницях", "in common units"),
            if common.is_empty() {
                lang.say("не розбито", "not broken down").to_owned()
            } else {
                common.join(", ")
            },
            lang.say("не розбитий залишок", "not broken down"),
            row.rest
        );
    }
    for it in &report.compared {
        let because: Vec<&str> = it.because.iter().map(|reason| self::because(lang, reason)).collect();
        let because = if because.is_empty() { String::new() } else { format!(" ({})", because.join("; ")) };
        let _ = writeln!(
            to,
            "  {} / {}, {}: {} / {}: {}{because}",
            it.parties[0],
            it.parties[1],
            it.of,
            it.quantities[0],
            it.quantities[1],
            verdict(lang, it.verdict)
        );
    }
}
