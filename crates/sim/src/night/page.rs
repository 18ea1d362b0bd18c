//! The score as one HTML page: no script, no request, light and dark, from a phone's width up, in two languages.

use super::score::{PolicyScore, Score, quantile};
use super::{many, real};
use std::fmt::Write as _;

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1a1c1e;--paper:#fff;--dim:#5c6166;--rule:#d5d9dd;--a:#0b62a8;--b:#b4530a;--c:#5c6166}\
@media(prefers-color-scheme:dark){:root{--ink:#e8eaec;--paper:#15181b;--dim:#a3a9af;--rule:#3a4046;--a:#6cb4f0;--b:#f0a35e;--c:#a3a9af}}\
body{font:16px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:60rem;padding:1rem}\
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}p,td.dim,figcaption{color:var(--dim)}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th,td{text-align:right;padding:.3rem .5rem;border-bottom:1px solid var(--rule);white-space:nowrap}th:first-child,td:first-child{text-align:left}\
figure{margin:1rem 0}svg{width:100%;height:auto;max-width:36rem}svg text{fill:var(--ink);font:12px system-ui,sans-serif}\
.axis{stroke:var(--dim);fill:none}.a{stroke:var(--a);fill:var(--a)}.b{stroke:var(--b);fill:var(--b)}.c{stroke:var(--c);fill:var(--c)}.line{fill:none;stroke-width:2}\
#en:checked~main [lang=uk],#uk:checked~main [lang=en]{display:none}";

/// A label in both languages; the reader's choice hides one.
fn both(uk: &str, en: &str) -> String {
    format!("<span lang=uk>{uk}</span><span lang=en>{en}</span>")
}

/// A label of a plot in both languages.
fn label(x: f64, y: f64, anchor: &str, uk: &str, en: &str) -> String {
    format!(
        "<text x='{x}' y='{y}' text-anchor='{anchor}' lang=uk>{uk}</text>\
         <text x='{x}' y='{y}' text-anchor='{anchor}' lang=en>{en}</text>"
    )
}

/// Text that cannot become markup.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;").replace('"', "&quot;")
}

fn percent(n: usize, of: usize) -> String {
    if of == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * many(n) / many(of)) }
}

fn minutes(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| "–".to_owned(), |s| format!("{:.1}", real(s) / 60.0))
}

/// The whole page.
pub fn page(score: &Score) -> String {
    let mut main = String::new();
    let name = plain(&score.scenario);
    let seeds = match (score.seeds.first(), score.seeds.last()) {
        (Some(a), Some(b)) if a != b => format!("{a}–{b}"),
        (Some(a), _) => a.to_string(),
        _ => String::new(),
    };
    let _ = write!(
        main,
        "<h1>{}: {name}</h1><p>{} {seeds}. {}</p>",
        both("Оцінка ночі", "Score of a night"),
        both("Зерна", "Seeds"),
        both(
            "Усе вигадано: жодна ціль, жоден датчик і жодне повідомлення не справжні.",
            "Everything is invented: no target, sensor or message is real."
        )
    );
    gates(score, &mut main);
    policies(score, &mut main);
    kinds(score, &mut main);
    leads(score, &mut main);
    reliability(score, &mut main);
    brier(score, &mut main);
    communities(score, &mut main);
    let json = score.json();
    let _ = write!(
        main,
        "<h2>{}</h2><p>{}: {} · GOSPA {} km (c = {} km) · {}: {} s</p>",
        both("Решта", "The rest"),
        both("Відбиток рішень", "Fingerprint of the decisions"),
        json["fingerprint"].as_str().unwrap_or_default(),
        json["gospa"]["rms_km"],
        json["gospa"]["c_km"],
        both("від першого повідомлення до супроводу, медіана", "from first report to track, median"),
        json["latency"]["first_track_s_median"],
    );
    format!(
        "<!doctype html><html lang=uk><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>AllClear: {name}</title><style>{STYLE}</style></head><body>\
         <input type=radio name=lang id=uk checked><label for=uk>Українською</label> \
         <input type=radio name=lang id=en><label for=en>In English</label>\
         <main>{main}</main></body></html>\n"
    )
}

/// A gate's name in both languages.
fn gate_name(name: &str) -> String {
    match name {
        "person_hours_of_region" => both("людино-години проти області", "person-hours against region"),
        "person_hours_of_doctrine" => both("людино-години проти доктрини", "person-hours against doctrine"),
        "missed_of_tracked" => both("пропущено з тих, що супроводжувались", "missed of those tracked"),
        "missed_overall" => both("пропущено загалом проти доктрини", "missed overall against doctrine"),
        other => plain(other),
    }
}

fn gates(score: &Score, to: &mut String) {
    let first = score.policies.first().map_or("", |of| of.name.as_str());
    let _ = write!(
        to,
        "<h2>{}</h2><div class=wide><table><tr><th>{}<th>{}<th>{}<th>{}",
        both(&format!("Межі для «{}»", plain(first)), &format!("Gates of “{}”", plain(first))),
        both("межа", "gate"),
        both("виміряно", "measured"),
        both("щонайбільше", "at most"),
        both("так чи ні", "passed")
    );
    let shown = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{:.2} %", 100.0 * share));
    for gate in score.gate_list() {
        let word = if gate.passes() { both("✓ так", "✓ yes") } else { both("✗ ні", "✗ no") };
        let (figure, bound) = (shown(gate.figure), shown(gate.bound));
        let _ = write!(to, "<tr><td>{}<td>{figure}<td>{bound}<td>{word}", gate_name(gate.name));
    }
    to.push_str("</table></div>");
}

/// Where the first policy missed most.
fn communities(score: &Score, to: &mut String) {
    let Some(first) = score.policies.first() else { return };
    let _ = write!(
        to,
        "<h2>{}</h2><div class=wide><table><tr><th>{}<th>{}<th>{}<th>{}<th>{}",
        both("Громади, де пропущено найбільше", "Communities where most was missed"),
        both("громада", "community"),
        both("вид", "kind"),
        both("прибуттів", "arrivals"),
        both("виявлено", "detected"),
        both("пропущено вчасно", "missed at lead")
    );
    for ((code, kind), warned) in first.worst(15) {
        let name = model::AreaSet::bundled()
            .get(code)
            .map_or((String::new(), String::new()), |area| (plain(&area.name_uk), plain(&area.name_en)));
        let _ = write!(
            to,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}",
            both(&name.0, &name.1),
            super::score::spelled(kind),
            warned.arrivals,
            percent(warned.detected, warned.arrivals),
            percent(warned.missed, warned.arrivals)
        );
    }
    to.push_str("</table></div>");
}

fn policies(score: &Score, to: &mut String) {
    let _ = write!(
        to,
        "<h2>{}</h2><div class=wide><table><tr><th>{}<th>{}<th>{}<th>{}<th>{}<th>{}<th>{}<th>{}<th>{}",
        both("Правила", "Policies"),
        both("правило", "policy"),
        both("людино-години тривоги", "alert person-hours"),
        both("проти області", "against region"),
        both("хибні хвилини", "false-alert minutes"),
        both("наказів чергового", "officer's orders"),
        both("виявлено", "detected"),
        both("пропущено вчасно", "missed at lead"),
        both("пропущено з тих, що супроводжувались", "missed of those tracked"),
        both("від повідомлення до тривоги, с, медіана", "from report to alert, s, median")
    );
    let region = score.person_hours("region").unwrap_or(0.0);
    for (name, p) in score.named() {
        let against = if region > 0.0 { format!("{:.1} %", 100.0 * p.person_hours / region) } else { "–".to_owned() };
        let _ = write!(
            to,
            "<tr><td>{}<td>{:.0}<td>{against}<td>{:.0}<td>{}<td>{}<td>{}<td>{}<td>{}",
            plain(name),
            p.person_hours,
            p.false_minutes,
            p.orders,
            percent(p.all.detected, p.all.arrivals),
            percent(p.all.missed, p.all.arrivals),
            percent(p.all.tracked_missed, p.all.tracked),
            super::score::quantile(&p.first_alert_s, 50).map_or_else(|| "–".to_owned(), |s| s.to_string())
        );
    }
    let least = score.least_person_hours;
    let of = if region > 0.0 { format!(" ({:.1} %)", 100.0 * least / region) } else { String::new() };
    let _ = write!(
        to,
        "</table></div><p>{}: {least:.0}{of}.</p>",
        both(
            "Найменше людино-годин, які можливі: для того, хто знав би кожне прибуття наперед",
            "The fewest person-hours there could be: of somebody who knew every arrival beforehand"
        )
    );
}

fn kinds(score: &Score, to: &mut String) {
    let _ = write!(
        to,
        "<h2>{}</h2><div class=wide><table><tr><th>{}<th>{}<th>{}<th>{}<th>{}<th>{}",
        both("За видами загроз", "By kind of threat"),
        both("правило", "policy"),
        both("вид", "kind"),
        both("прибуттів", "arrivals"),
        both("виявлено", "detected"),
        both("пропущено вчасно", "missed at lead"),
        both("випередження, хв, медіана", "lead, min, median")
    );
    for (name, p) in score.named() {
        for (kind, w) in &p.kinds {
            let _ = write!(
                to,
                "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}",
                plain(name),
                super::score::spelled(*kind),
                w.arrivals,
                percent(w.detected, w.arrivals),
                percent(w.missed, w.arrivals),
                minutes(quantile(&w.leads_s, 50))
            );
        }
    }
    to.push_str("</table></div>");
}

/// Share of arrivals warned of at least so many minutes before, one line a policy.
fn leads(score: &Score, to: &mut String) {
    let _ = write!(
        to,
        "<h2>{}</h2><figure><svg viewBox='0 0 400 {}' role=img><path class=axis d='M40 10V200H390'/>",
        both("Час випередження", "Lead time"),
        250 + 18 * score.named().count()
    );
    let (x, y) = (|min: f64| 40.0 + min * 350.0 / 30.0, |share: f64| 200.0 - 190.0 * share);
    for tick in [0.0, 10.0, 20.0, 30.0] {
        to.push_str(&label(x(tick), 216.0, "middle", &format!("{tick}"), &format!("{tick}")));
    }
    for tick in [0.0, 0.5, 1.0] {
        let text = format!("{:.0} %", 100.0 * tick);
        to.push_str(&label(36.0, y(tick) + 4.0, "end", &text, &text));
    }
    to.push_str(&label(215.0, 234.0, "middle", "хвилин до прибуття", "minutes before arrival"));
    for (n, (name, p)) in score.named().enumerate() {
        let mut line = String::new();
        for minute in 0..=30 {
            let warned = p.all.leads_s.iter().filter(|&&lead| lead >= minute * 60).count();
            let share = many(warned) / many(p.all.arrivals.max(1));
            let _ = write!(line, "{}{:.1} {:.1}", if minute == 0 { 'M' } else { 'L' }, x(real(minute)), y(share));
        }
        let class = ["a", "b", "c"].get(n % 3).copied().unwrap_or("a");
        let dash = ["", "6 3", "2 3", "9 2 2 2"].get(n % 4).copied().unwrap_or_default();
        let at = 254.0 + 18.0 * many(n);
        let _ = write!(
            to,
            "<path class='{class} line' stroke-dasharray='{dash}' style='fill:none' d='{line}'/>\
             <path class='{class} line' stroke-dasharray='{dash}' d='M40 {at}h36'/>"
        );
        to.push_str(&label(84.0, at + 4.0, "start", &plain(name), &plain(name)));
    }
    to.push_str("</svg></figure>");
}

fn reliability(score: &Score, to: &mut String) {
    let _ = write!(
        to,
        "<h2>{}</h2><figure><svg viewBox='0 0 280 250' role=img><path class=axis d='M40 10V210H250'/>\
         <path class=axis stroke-dasharray='3 3' d='M40 210L240 10'/>",
        both("Чи справджуються ймовірності (10 хвилин)", "Whether probabilities come true (10 minutes)")
    );
    for [p, came, n] in score.foresight.reliability() {
        let radius = 2.0 + libm::log10(n.max(1.0));
        let _ = write!(
            to,
            "<circle class=a cx='{:.1}' cy='{:.1}' r='{radius:.1}'><title>p = {p:.2}: {came:.2} ({n:.0})</title></circle>",
            40.0 + 200.0 * p,
            210.0 - 200.0 * came
        );
    }
    for tick in [0.0, 0.5, 1.0] {
        let text = format!("{tick}");
        to.push_str(&label(40.0 + 200.0 * tick, 226.0, "middle", &text, &text));
        to.push_str(&label(34.0, 214.0 - 200.0 * tick, "end", &text, &text));
    }
    to.push_str(&label(140.0, 244.0, "middle", "сказана ймовірність", "told probability"));
    to.push_str(&label(46.0, 18.0, "start", "частка, що справдилась", "share that came"));
    to.push_str("</svg></figure>");
}

fn brier(score: &Score, to: &mut String) {
    let _ = write!(
        to,
        "<h2>{}</h2><div class=wide><table><tr><th>{}<th>{}<th>{}<th>{}<th>{}<th>{}<th>{}",
        both("Оцінка Браєра", "Brier score"),
        both("хвилин", "minutes"),
        both("прогноз", "forecast"),
        both("пряма", "straight line"),
        both("кліматологія", "climatology"),
        both("виграш проти прямої", "skill against straight line"),
        both("проти кліматології", "against climatology"),
        both("похибка калібрування", "error of calibration")
    );
    for (kept, minute) in [2, 5, 10, 20].into_iter().enumerate() {
        let [ours, straight, climatology] = score.foresight.brier(minute);
        let skill = |theirs: f64| {
            if theirs > 0.0 { format!("{:.3}", 1.0 - ours / theirs) } else { "–".to_owned() }
        };
        let ece = score.foresight.ece(kept, 0).map_or_else(|| "–".to_owned(), |ece| format!("{ece:.4}"));
        let (line, rate) = (skill(straight), skill(climatology));
        let _ = write!(
            to,
            "<tr><td>{minute}<td>{ours:.5}<td>{straight:.5}<td>{climatology:.5}<td>{line}<td>{rate}<td>{ece}"
        );
    }
    let json = score.foresight.json();
    let _ = write!(
        to,
        "</table></div><p>CRPS: {} s, {} {} s, {} {} s. {}: {}.</p>",
        json["crps_s"]["forecast"],
        both("пряма", "straight line"),
        json["crps_s"]["straight_line"],
        both("кліматологія", "climatology"),
        json["crps_s"]["climatology"],
        both(
            "Частка передбачених прибуттів у сказаному 90-відсотковому вікні їхнього об'єкта",
            "Share of foreseen arrivals inside the told 90 % window of their object"
        ),
        json["window_90"]["inside"]
    );
}

impl PolicyScore {
    /// Share of arrivals under alert when they came, for a line of text; `None` when nothing came.
    pub fn detected(&self) -> Option<f64> {
        (self.all.arrivals > 0).then(|| many(self.all.detected) / many(self.all.arrivals))
    }
}
