//! The report as one HTML page: no script, no request, light and dark, from a phone's width up, in two languages.
//!
//! Every plot has its numbers in a table beside it and a title for those who do not see it; colour is never the only sign.

use super::breach::{Breach, Status};
use super::days::{AreaDay, Day};
use super::force::{InForce, Period};
use super::report::{Judged, RegimeReport, Report};
use super::words::{self, Lang};
use crate::page::{END, both, document, each, plain, table};
use model::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The whole page; `lang` is the language it opens in.
#[must_use]
pub fn page(report: &Report, lang: Lang) -> String {
    let mut main = String::new();
    let name = plain(&report.name);
    let _ = write!(
        main,
        "<h1>{name}</h1><p class=dim>{} {}; {} {}. {}</p>",
        both("Станом на", "As of"),
        words::instant(report.at),
        both("доба за часом", "days of"),
        plain(&report.zone),
        both(
            "Записаного пізніше тут немає. Заява не є порушенням; мовчання рахується лише там, де хтось спостерігав.",
            "Nothing recorded later is in it. A statement is no breach; silence counts only where somebody observed."
        )
    );
    for regime in &report.regimes {
        self::regime(report, regime, &mut main);
    }
    counts(report, &mut main);
    incidents(report, &mut main);
    timeline(report, &mut main);
    document(&report.name, lang, &main)
}

fn regime(report: &Report, regime: &RegimeReport, to: &mut String) {
    let sign = match regime.force.overall {
        InForce::Yes => "✓",
        InForce::No => "✗",
        InForce::Disputed => "≠",
    };
    let _ = write!(
        to,
        "<h2>{} {}</h2><p>{}: <span class=state>{sign} {}</span></p>",
        both("Режим", "Regime"),
        plain(&regime.regime),
        both("Чинність", "In force"),
        each(|lang| words::in_force(lang, regime.force.overall).to_owned())
    );
    if regime.history.len() > 1 {
        let turns = |lang| {
            let turn =
                |it: &super::force::Turn| format!("{}: {}", words::instant(it.from), words::in_force(lang, it.overall));
            regime.history.iter().map(turn).collect::<Vec<_>>().join(" · ")
        };
        let _ = write!(to, "<p>{}: {}</p>", both("Як змінювалося", "How that changed"), each(turns));
    }
    table(&[("сторона", "party"), ("для неї чинне", "in force for it")], to);
    for (party, force) in &regime.force.parties {
        let _ = write!(to, "<tr><th scope=row>{}<td>{}", plain(party), each(|lang| words::party_force(lang, force)));
    }
    to.push_str(END);
    strip(report, regime, to);
    for version in &regime.versions {
        let _ = write!(
            to,
            "<details><summary>{} {}: {}</summary><pre>{}</pre><p class=dim>SHA-256 <code>{}</code></p></details>",
            both("Текст версії", "Text of version"),
            version.version,
            plain(&version.proposer),
            plain(&version.text),
            version.text_sha256
        );
    }
    if !regime.stances.is_empty() {
        table(
            &[
                ("коли", "when"),
                ("сторона", "party"),
                ("версія", "version"),
                ("позиція", "stance"),
                ("чиїми словами", "by whose words"),
            ],
            to,
        );
        for it in &regime.stances {
            let address = it.statement.address.as_ref().map_or_else(String::new, |it| format!(" ({})", plain(it)));
            let _ = write!(
                to,
                "<tr><td>{}<td>{}<td>{}<td>{}<td>{}: {}{address}",
                words::instant(it.at),
                plain(&it.party),
                it.version,
                each(|lang| {
                    let conditions = if it.conditions.is_empty() {
                        String::new()
                    } else {
                        format!(": {}", it.conditions.join("; "))
                    };
                    format!("{}{conditions}", words::position(lang, it.position))
                }),
                plain(&it.statement.source),
                plain(&it.statement.words)
            );
        }
        to.push_str(END);
    }
    for judged in &regime.judged {
        self::judged(judged, to);
    }
}

/// When it was in force: one bar for each party and one for all.
fn strip(report: &Report, regime: &RegimeReport, to: &mut String) {
    let rows: Vec<(String, &[Period])> = regime
        .judged
        .iter()
        .map(|it| (if it.by == "common" { "∩".to_owned() } else { it.by.clone() }, it.periods.as_slice()))
        .collect();
    let instants: Vec<Timestamp> = rows
        .iter()
        .flat_map(|(_, periods)| periods.iter())
        .flat_map(|it| [it.from, it.to.unwrap_or(report.at)])
        .collect();
    let (Some(first), Some(last)) = (instants.iter().min(), instants.iter().max()) else { return };
    let span = last.ms_since(*first).max(1);
    let height = 24 * rows.len() + 24;
    let title = each_title(
        "Коли режим був чинний: для кожної сторони і для всіх (∩)",
        "When it was in force: for each party and for all (∩)",
    );
    let _ = write!(to, "<figure><svg viewBox='0 0 640 {height}' role=img aria-label='{title}'>");
    for (at, (name, periods)) in rows.iter().enumerate() {
        let y = 24 * at;
        let _ = write!(to, "<text x=0 y={}>{}</text>", y + 15, plain(name));
        for period in *periods {
            let x = 100 + scaled(period.from.ms_since(*first), span, 520);
            let end = 100 + scaled(period.to.unwrap_or(report.at).ms_since(*first), span, 520);
            let class = if name == "∩" { "a" } else { "a hollow" };
            let _ = write!(to, "<rect class='{class}' x={x} y={} width={} height=14 />", y + 4, (end - x).max(2));
        }
    }
    let y = height - 6;
    let (from, until) = (words::instant(*first), words::instant(*last));
    let _ = write!(to, "<text x=100 y={y}>{from}</text><text x=620 y={y} text-anchor=end>{until}</text></svg>");
    let _ = write!(
        to,
        "<figcaption>{}</figcaption></figure>",
        both(
            "Коли чинне: рамка — для сторони, заповнене (∩) — для всіх.",
            "When in force: an outline for a party, filled (∩) for all."
        )
    );
}

/// `part` of `whole`, as so many of `to`.
fn scaled(part: i64, whole: i64, to: i64) -> i64 {
    i64::try_from(i128::from(part) * i128::from(to) / i128::from(whole.max(1))).unwrap_or(0)
}

fn each_title(uk: &str, en: &str) -> String {
    plain(&format!("{uk} / {en}"))
}

fn judged(judged: &Judged, to: &mut String) {
    let _ = write!(
        to,
        "<h3>{}</h3><p>{}: {}</p>",
        each(|lang| words::by(lang, &judged.by)),
        both("Порушення", "Breaches"),
        each(|lang| words::tally(lang, &judged.by_status))
    );
    if !judged.breaches.is_empty() {
        table(&[("пункт", "clause"), ("коли", "when"), ("що", "what")], to);
        for it in &judged.breaches {
            let _ = write!(
                to,
                "<tr><td>{}<td>{}<td>{}",
                plain(&it.clause),
                words::instant(it.window[0]),
                each(|lang| words::breach(lang, it))
            );
        }
        to.push_str(END);
    }
    bars(&judged.days, &judged.breaches, to);
    curve(&judged.days, to);
}

/// Breaches that count, day by day: confirmed filled, recorded hatched by outline, alleged hollow.
fn bars(days: &[Day], breaches: &[Breach], to: &mut String) {
    let total = |day: &Day| day.by_status.values().sum::<u32>();
    let most = days.iter().map(total).max().unwrap_or(0);
    if most == 0 || breaches.is_empty() {
        return;
    }
    let title = each_title("Порушення за добу", "Breaches a day");
    let _ = write!(to, "<figure><svg viewBox='0 0 640 140' role=img aria-label='{title}'>");
    let count = i64::try_from(days.len()).unwrap_or(1).max(1);
    for (at, day) in (0_i64..).zip(days) {
        let x = 40 + 590 * at / count;
        let width = (590 / count - 1).clamp(1, 40);
        let mut y = 116;
        for (status, class) in [(Status::Confirmed, "b"), (Status::Recorded, "a"), (Status::Alleged, "c hollow")] {
            let n = i64::from(day.by_status.get(status.name()).copied().unwrap_or(0));
            let height = scaled(n, i64::from(most), 100);
            y -= height;
            if n > 0 {
                let _ = write!(
                    to,
                    "<rect class='{class}' x={x} y={y} width={width} height={height}><title>{} {} {n}</title></rect>",
                    day.date,
                    status.name()
                );
            }
        }
    }
    let (first, last) = (days.first().map_or("", |it| &it.date), days.last().map_or("", |it| &it.date));
    let _ = write!(
        to,
        "<path class=axis d='M40 16V116H632'/><text x=34 y=22 text-anchor=end>{most}</text><text x=34 y=118 text-anchor=end>0</text>\
         <text x=40 y=134>{first}</text><text x=632 y=134 text-anchor=end>{last}</text></svg><figcaption>{}</figcaption></figure>",
        both(
            "Порушення за добу: знизу підтверджені (помаранчеві), далі зафіксовані (сині), порожні — заявлені.",
            "Breaches a day: confirmed at the bottom (orange), then recorded (blue), hollow ones are alleged."
        )
    );
}

/// The compliance curve: breach-free of observed hours, a line for each area, and its numbers as a table.
fn curve(days: &[Day], to: &mut String) {
    let mut areas: BTreeMap<&String, Vec<(usize, AreaDay)>> = BTreeMap::new();
    for (at, day) in days.iter().enumerate() {
        for (area, hours) in &day.areas {
            areas.entry(area).or_default().push((at, hours.clone()));
        }
    }
    if areas.is_empty() {
        return;
    }
    let title = each_title("Частка спостережених годин без порушень", "Share of observed hours without a breach");
    let _ = write!(to, "<figure><svg viewBox='0 0 640 150' role=img aria-label='{title}'>");
    let steps = i64::try_from(days.len().saturating_sub(1)).unwrap_or(1).max(1);
    for (index, (area, hours)) in areas.iter().enumerate() {
        let class = ["a", "b", "c"][index % 3];
        let dash = ["none", "6 3", "2 3"][index % 3];
        // Above what nobody sure tells of, below what nobody tells of at all: the truth lies between.
        let (mut path, mut under) = (String::new(), String::new());
        let mut pen = 'M';
        for (at, day) in hours {
            if day.observed == 0 {
                // A day without observation is a gap, not a point.
                pen = 'M';
                continue;
            }
            let x = 50 + 570 * i64::try_from(*at).unwrap_or(0) / steps;
            let y = 110 - scaled(i64::from(day.breach_free), i64::from(day.observed), 100);
            let quiet = i64::from(day.breach_free) - i64::from(day.alleged_only);
            let low = 110 - scaled(quiet, i64::from(day.observed), 100);
            let _ = write!(path, "{pen}{x} {y}");
            let _ = write!(under, "{pen}{x} {low}");
            let _ = write!(
                to,
                "<circle class={class} cx={x} cy={y} r=3 /><circle class='{class} hollow' cx={x} cy={low} r=3 />"
            );
            pen = 'L';
        }
        let _ = write!(
            to,
            "<path class='{class} line' stroke-dasharray='{dash}' d='{path}'><title>{}</title></path>\
             <path class='{class} line' style='stroke-width:1' stroke-dasharray='{dash}' d='{under}' />",
            plain(area)
        );
        let x = 50 + 190 * (index % 3);
        let _ = write!(
            to,
            "<path class='{class} line' stroke-dasharray='{dash}' d='M{x} 140h24'/><text x={} y=144>{}</text>",
            x + 30,
            plain(area)
        );
    }
    let _ = write!(
        to,
        "<path class=axis d='M50 10V110H632'/><text x=44 y=15 text-anchor=end>100 %</text><text x=44 y=114 text-anchor=end>0</text></svg>\
         <figcaption>{}</figcaption></figure>",
        both(
            "Частка спостережених годин без підтверджених чи зафіксованих порушень; тонка лінія з порожніми точками — без жодного, про яке \
             хоча б твердять. Доба без спостережень — розрив.",
            "Share of observed hours without a confirmed or recorded breach; the thin line with hollow points: without any that is even \
             alleged. A day without observation is a gap."
        )
    );
    table(&[("доба", "day"), ("місцевість", "area"), ("що можна сказати", "what can be said")], to);
    for day in days {
        for (area, hours) in &day.areas {
            let _ =
                write!(to, "<tr><td>{}<td>{}<td>{}", day.date, plain(area), each(|lang| words::silence(lang, hours)));
        }
    }
    to.push_str(END);
}

fn counts(report: &Report, to: &mut String) {
    if report.counts.is_empty() {
        return;
    }
    let _ = write!(to, "<h2>{}</h2>", both("Підрахунки самих сторін", "The parties' own counts"));
    table(
        &[
            ("хто", "who"),
            ("про кого", "of whom"),
            ("скільки", "how many"),
            ("власна одиниця", "own unit"),
            ("у спільних одиницях", "in common units"),
            ("не розбито", "not broken down"),
            ("чиїми словами", "by whose words"),
        ],
        to,
    );
    for row in &report.counts {
        let common: Vec<String> = row.common.iter().map(|(unit, n)| format!("{unit} {n}")).collect();
        let address = row.statement.address.as_ref().map_or_else(String::new, |it| format!(" ({})", plain(it)));
        let _ = write!(
            to,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}: {}{address}",
            plain(&row.party),
            plain(&row.accuses),
            row.total,
            plain(&row.unit),
            plain(&common.join(", ")),
            row.rest,
            plain(&row.statement.source),
            plain(&row.statement.words)
        );
    }
    to.push_str(END);
    if report.compared.is_empty() {
        return;
    }
    table(&[("хто", "who"), ("що", "what"), ("числа", "numbers"), ("порівняння", "comparison")], to);
    for it in &report.compared {
        let said = each(|lang| {
            let because: Vec<&str> = it.because.iter().map(|reason| words::because(lang, reason)).collect();
            let because = if because.is_empty() { String::new() } else { format!(": {}", because.join("; ")) };
            format!("{}{because}", words::verdict(lang, it.verdict))
        });
        let _ = write!(
            to,
            "<tr><td>{} / {}<td>{}<td>{} / {}<td>{said}",
            plain(&it.parties[0]),
            plain(&it.parties[1]),
            plain(&it.of),
            it.quantities[0],
            it.quantities[1]
        );
    }
    to.push_str(END);
}

fn incidents(report: &Report, to: &mut String) {
    if report.incidents.is_empty() && report.withheld == 0 {
        return;
    }
    let _ = write!(to, "<h2>{}</h2>", both("Інциденти", "Incidents"));
    table(
        &[
            ("інцидент", "incident"),
            ("коли", "when"),
            ("де", "where"),
            ("чи було", "did it happen"),
            ("хто", "who"),
            ("шкода", "harm"),
            ("незалежних джерел", "independent origins"),
            ("заяви", "statements"),
        ],
        to,
    );
    for it in &report.incidents {
        let harm: Vec<String> = it.harm.iter().map(|(field, n)| format!("{} {n}", field.replace('_', " "))).collect();
        let who = each(|lang| {
            let sure = words::confidence(lang, it.attribution.confidence);
            it.attribution.party.as_ref().map_or_else(|| sure.to_owned(), |party| format!("{party}: {sure}"))
        });
        let _ = write!(
            to,
            "<tr><th scope=row>{} v{}<td>{}<td>{}<td>{}<td>{who}<td>{}<td class=n>{}<td>{}",
            plain(&it.id),
            it.version,
            words::instant(it.window[0]),
            plain(&it.area),
            each(|lang| words::grade(lang, it.graded.grade).to_owned()),
            plain(&harm.join(", ")),
            it.clusters,
            plain(&it.statements.join(" · "))
        );
    }
    to.push_str(END);
    if report.withheld > 0 {
        let _ = write!(
            to,
            "<p>{}: {}</p>",
            both("Під ембарго, зміст не оприлюднено", "Under embargo, not told"),
            report.withheld
        );
    }
}

fn timeline(report: &Report, to: &mut String) {
    let _ = write!(to, "<h2>{}</h2>", both("Хід подій", "Timeline"));
    table(&[("коли", "when"), ("хто", "who"), ("що", "what"), ("чиїми словами", "by whose words")], to);
    for it in &report.timeline {
        let said = it.statement.as_ref().map_or_else(String::new, |it| {
            let address = it.address.as_ref().map_or_else(String::new, |it| format!(" ({it})"));
            format!("{}: {}{address}", it.source, it.words)
        });
        let _ = write!(
            to,
            "<tr><td>{}<td>{}<td>{}<td>{}",
            words::instant(it.at),
            plain(&it.by),
            plain(&it.detail),
            plain(&said)
        );
    }
    to.push_str(END);
}
