//! The figures in words, Ukrainian and English.

use super::sum::{Figures, Row};
use crate::ceasefire::Lang;
use crate::reconcile::{Identity, Kind, Told};
use model::Timestamp;
use std::fmt::Write as _;

pub(super) const fn kind(lang: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::Launched => lang.say("випущено", "launched"),
        Kind::Intercepted => lang.say("збито чи подавлено", "intercepted"),
        Kind::Lost => lang.say("втрачено з радарів", "lost"),
        Kind::Hit => lang.say("влучило", "hit"),
        Kind::Left => lang.say("залишило повітряний простір", "left the airspace"),
        Kind::Airborne => lang.say("ще в повітрі", "still airborne"),
        Kind::Damaged => lang.say("пошкоджено", "damaged"),
        Kind::Killed => lang.say("загинуло", "killed"),
        Kind::Wounded => lang.say("поранено", "wounded"),
    }
}

pub(super) fn part(lang: Lang, name: &str) -> &'static str {
    Kind::ALL.into_iter().find(|it| it.name() == name).map_or("", |it| kind(lang, it))
}

pub(super) fn object(lang: Lang, object: &str) -> String {
    let words = match object {
        "drone_any" => ("БпЛА", "drones"),
        "strike_drone" => ("ударних БпЛА", "strike drones"),
        "shahed" => ("шахедів", "Shaheds"),
        "decoy" => ("імітаторів", "decoys"),
        "missile_any" => ("ракет", "missiles"),
        "cruise_missile" => ("крилатих ракет", "cruise missiles"),
        "ballistic_missile" => ("балістичних ракет", "ballistic missiles"),
        "guided_bomb" => ("керованих авіабомб", "guided bombs"),
        "bomb_any" => ("авіабомб", "bombs"),
        "person" => ("людей", "people"),
        "residential_building" => ("житлових будинків", "residential buildings"),
        "private_house" => ("приватних будинків", "private houses"),
        "apartment_building" => ("багатоповерхівок", "apartment buildings"),
        "school" => ("шкіл", "schools"),
        "church" => ("церков", "churches"),
        "energy_infrastructure" => ("об'єктів енергетики", "energy objects"),
        other => return other.replace('_', " "),
    };
    match lang {
        Lang::Uk => words.0.to_owned(),
        Lang::En => words.1.to_owned(),
    }
}

pub(super) fn row(lang: Lang, row: &Row) -> String {
    let child = if row.child { lang.say(" (діти)", " (children)") } else { "" };
    let attacker =
        row.attacker.as_ref().map_or_else(String::new, |it| format!(", {} {it}", lang.say("зброя", "weapons of")));
    format!("{}, {}{child}, {}{attacker}", kind(lang, row.kind), object(lang, &row.object), row.area)
}

/// By the clock of the place, with its distance from UTC: 2025-03-19 18:00 +02:00.
pub(super) fn instant(figures: &Figures, at: Timestamp) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(at.millis()) else { return String::new() };
    let local = at.to_zoned(figures.clock.clone());
    let minutes = local.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hour, minute) = (local.hour(), local.minute());
    format!("{} {hour:02}:{minute:02} {sign}{:02}:{:02}", local.date(), minutes.abs() / 60, minutes.abs() % 60)
}

fn quoted(told: &Told) -> String {
    let from = told.statement.as_ref().map_or_else(String::new, |it| format!(" ({it})"));
    format!("\"{}\"{from}", told.words)
}

pub(super) fn identity(lang: Lang, it: &Identity) -> String {
    let parts: Vec<String> = it.parts.iter().map(|(name, n)| format!("{} {n}", part(lang, name))).collect();
    format!(
        "{}, {}: {} {} = {} + {} {} ({})",
        it.source,
        it.area,
        it.launched,
        object(lang, &it.object),
        parts.join(" + "),
        lang.say("невідомо", "unaccounted"),
        it.unaccounted,
        lang.say("це не влучання", "not hits")
    )
}

/// The figures in words.
#[must_use]
pub fn words(figures: &Figures, lang: Lang) -> String {
    let mut to = String::new();
    let _ = writeln!(to, "{}", figures.name);
    if let Some([from, until]) = figures.span {
        let _ = writeln!(to, "{} – {} ({})", instant(figures, from), instant(figures, until), figures.zone);
    }
    for it in &figures.rows {
        let _ = writeln!(
            to,
            "\n{} [{}: {}]",
            row(lang, it),
            lang.say("незалежних джерел", "independent origins"),
            it.clusters
        );
        for source in &it.sources {
            let overlap = lang.say("проміжки перетинаються: не додано", "spans overlap: not added");
            let n = source.quantity.as_ref().map_or_else(|| overlap.to_owned(), ToString::to_string);
            let said: Vec<String> = source.claims.iter().map(quoted).collect();
            let _ = writeln!(to, "  {n} — {}: {}", source.source, said.join("; "));
        }
    }
    if !figures.identities.is_empty() {
        let _ = writeln!(to, "\n{}", lang.say("Що сталося з випущеним", "What became of what was launched"));
        for it in &figures.identities {
            let _ = writeln!(to, "  {}", identity(lang, it));
        }
    }
    let count = figures.conflicts.len() + figures.conflicts_more;
    let _ = writeln!(to, "\n{}: {count}", lang.say("Суперечності", "Conflicts"));
    for conflict in &figures.conflicts {
        let [a, b] = &conflict.claims;
        let _ =
            writeln!(to, "  {} {} / {} {}: {} / {}", a.source, a.quantity, b.source, b.quantity, quoted(a), quoted(b));
    }
    if figures.conflicts_more > 0 {
        let _ = writeln!(to, "  {}", lang.say("решту пар не перелічено", "the other pairs are not listed"));
    }
    let lists = [
        (
            lang.say("Замінено пізнішими словами того ж джерела", "Replaced by later words of the same source"),
            &figures.superseded,
        ),
        (lang.say("Час не встановлено, у підрахунках немає", "Time not resolved, in no figure"), &figures.undated),
        (
            lang.say("Перетинають межу проміжку, у підрахунках немає", "Cross an end of the span, in no figure"),
            &figures.crossing,
        ),
    ];
    for (title, told) in lists.into_iter().filter(|(_, told)| !told.is_empty()) {
        let _ = writeln!(to, "{title}");
        for it in told {
            let _ = writeln!(to, "  {}: {} {} — {}", it.source, kind(lang, it.scope.kind), it.quantity, quoted(it));
        }
    }
    for (area, alert) in &figures.alerts {
        let _ = writeln!(
            to,
            "{} {area}: {} {}, {} {:02}:{:02}",
            lang.say("Тривоги", "Alerts"),
            alert.alerts,
            lang.say("разів", "times"),
            lang.say("разом годин", "hours in all"),
            alert.minutes / 60,
            alert.minutes % 60
        );
    }
    to
}
