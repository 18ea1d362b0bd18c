//! Why an alert began, changed and ended: every decision with its events and its numbers, in both languages.
//!
//! What comes in: decisions as the record keeps them, and the events that caused them. What goes out: [`WhyView`]. What
//! always holds: nothing is worked out anew; an event that says where an observer stands is named and not shown.

use crate::publish;
use crate::serve::view::{CauseView, StepView, WhyView};
use crate::store::{HistoryRow, Reader, StoreError};
use model::{
    AlertId, Area, AreaSet, Arrival, Because, Code, Decision, DecisionBody, Delivery, Event, EventBody, EventId, Item,
    Numbers, Outcome, Reason, Report, Standing, Word,
};
use std::fmt::Write as _;
use wire::text::{describe_en, describe_uk, kind_en, kind_uk};

/// Most decisions explained at once; the first and the latest are always among them.
const STEPS_MAX: usize = 400;
/// Most bytes of a report's words shown.
const WORDS_MAX: usize = 300;

/// A sentence in both languages.
struct Said {
    uk: String,
    en: String,
}

/// Everything decided about an alert; `None` when the record holds no such alert.
pub fn why(reader: &Reader, areas: &AreaSet, id: AlertId) -> Result<Option<WhyView>, StoreError> {
    let Some(HistoryRow { alert, outcome, ended_by }) = reader.alert(id)? else { return Ok(None) };
    let all = reader.decisions(&alert)?;
    let left_out = all.len().saturating_sub(STEPS_MAX);
    let kept = all.into_iter().enumerate().filter(|(n, _)| *n == 0 || *n > left_out).map(|(_, found)| found);
    let mut steps = Vec::new();
    for (entry, decision) in kept {
        let mut causes = Vec::new();
        for &event in &decision.causes {
            causes.push(cause(event, reader.event(event)?.as_ref(), areas));
        }
        steps.push(step(entry, &decision, causes, areas));
    }
    let ended = outcome.zip(ended_by.as_deref());
    Ok(Some(WhyView { alert: publish::alert(areas, &alert, ended), left_out: left_out as u64, steps }))
}

fn step(entry: u64, decision: &Decision, causes: Vec<CauseView>, areas: &AreaSet) -> StepView {
    let (decided, what) = match &decision.body {
        // A forecast is not declared: nobody may read it as an official word.
        DecisionBody::Raise(alert) if alert.standing == Standing::Advisory => {
            ("raise", Said { uk: "Прогноз з’явився".into(), en: "The forecast began".into() })
        }
        DecisionBody::Update(alert) if alert.standing == Standing::Advisory => {
            ("update", Said { uk: "Прогноз змінився".into(), en: "The forecast changed".into() })
        }
        DecisionBody::End { alert, .. } if alert.standing == Standing::Advisory => {
            ("end", Said { uk: "Прогноз минув".into(), en: "The forecast is over".into() })
        }
        DecisionBody::Raise(_) => ("raise", Said { uk: "Оголошено".into(), en: "Raised".into() }),
        DecisionBody::Update(_) => ("update", Said { uk: "Змінено".into(), en: "Changed".into() }),
        DecisionBody::End { outcome: Outcome::Passed, .. } => {
            ("end", Said { uk: "Завершено: минуло".into(), en: "Ended: passed".into() })
        }
        DecisionBody::End { outcome: Outcome::Mistaken, .. } => {
            ("end", Said { uk: "Завершено: помилкова".into(), en: "Ended: mistaken".into() })
        }
        DecisionBody::Note(_) => ("note", Said { uk: "Нотатка".into(), en: "Noted".into() }),
    };
    let because = match &decision.reason {
        Some(reason) => sentence(reason, areas),
        None => Said {
            uk: "причину тоді ще не записували".into(), en: "reasons were not recorded then".into()
        },
    };
    let by = decision.policy.as_ref();
    let policy = by.map_or_else(String::new, |policy| format!("{} {}", policy.name, policy.revision));
    StepView {
        entry,
        decided_at: decision.decided_at.to_string(),
        decision: decided,
        text_uk: format!("{}. {}.", what.uk, because.uk),
        text_en: format!("{}. {}.", what.en, because.en),
        rule: decision.reason.as_ref().map(|reason| reason.rule.clone()),
        reason: decision.reason.as_ref().and_then(|reason| serde_json::to_value(&reason.because).ok()),
        policy,
        policy_sha256: by.map(|policy| policy.sha256.clone()),
        causes,
    }
}

fn sentence(reason: &Reason, areas: &AreaSet) -> Said {
    let rule = &reason.rule;
    match &reason.because {
        Because::Reached(numbers) => numbered(numbers, areas, rule, ("досягнуто порога", "reached the threshold")),
        Because::Moved(numbers) => {
            numbered(numbers, areas, rule, ("прогноз змінився; поріг", "the forecast moved; threshold"))
        }
        Because::Fell { probability, threshold, stood_s, hold_s, watch } => {
            let (left, below) = (percent(*probability), percent(*threshold));
            let mut said = Said {
                uk: format!(
                    "Імовірність {left} %, нижче за {below} % (правило «{rule}»); тривало {}, щонайменше {}",
                    span_uk(*stood_s),
                    span_uk(*hold_s)
                ),
                en: format!(
                    "Probability {left} %, below {below} % (rule \"{rule}\"); it stood for {}, at least {}",
                    span_en(*stood_s),
                    span_en(*hold_s)
                ),
            };
            if let Some(watch) = watch {
                let _ = write!(said.uk, "; датчик {} стежить без перерви з {}", watch.source, watch.since);
                let _ = write!(said.en, "; sensor {} has watched without a gap since {}", watch.source, watch.since);
            } else {
                said.uk.push_str("; це не відбій: лише наш прогноз");
                said.en.push_str("; this is no all-clear, only our forecast");
            }
            said
        }
        Because::Said { source, word } => {
            let (uk, en) = match word {
                Word::Active => ("тривога", "alert"),
                Word::Clear => ("відбій", "all clear"),
                Word::Unknown => ("невідомо", "unknown"),
            };
            Said {
                uk: format!("Офіційне джерело {source}: {uk}"), en: format!("The official source {source}: {en}")
            }
        }
        Because::Ordered { order, officer, second, words, .. } => {
            let mut said = Said {
                uk: format!("Черговий {officer}: {} — «{words}»", order_uk(order)),
                en: format!("Officer {officer}: {}, \"{words}\"", order.replace('_', " ")),
            };
            if let Some(second) = second {
                let _ = write!(said.uk, "; друга особа: {second}");
                let _ = write!(said.en, "; seconded by {second}");
            }
            said
        }
    }
}

fn order_uk(order: &str) -> &str {
    match order {
        "raise" => "оголосити",
        "confirm" => "підтвердити",
        "hold" => "утримувати",
        "release" => "більше не утримувати",
        "narrow" => "звузити",
        "widen" => "розширити",
        "end" => "завершити",
        "end_together" => "завершити разом з іншими",
        "retract" => "скасувати як помилкову",
        other => other,
    }
}

fn numbered(numbers: &Numbers, areas: &AreaSet, rule: &str, what: (&str, &str)) -> Said {
    let Numbers { community, arrival, threshold, lead_s, due, tracks } = numbers;
    let (name_uk, name_en) = name(areas, *community);
    let (p, of) = (percent(arrival.probability), percent(*threshold));
    let (when_uk, when_en) = window(arrival);
    let mut said = Said {
        uk: format!(
            "{}: {name_uk}, {when_uk}, імовірність {p} %; {} {of} % (правило «{rule}»",
            kind_uk(arrival.kind),
            what.0
        ),
        en: format!(
            "{}: {name_en}, {when_en}, probability {p} %; {} {of} % (rule \"{rule}\"",
            kind_en(arrival.kind),
            what.1
        ),
    };
    if let Some(due) = due {
        let p = percent(due.probability);
        let _ = write!(said.uk, ": {p} % за {}–{} с", due.from_s, due.to_s);
        let _ = write!(said.en, ": {p} % in {} to {} s", due.from_s, due.to_s);
    }
    if let Some(lead_s) = lead_s {
        let _ = write!(said.uk, ", не далі ніж за {}", span_uk(*lead_s));
        let _ = write!(said.en, ", no further than {}", span_en(*lead_s));
    }
    let list = tracks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if list.is_empty() {
        said.uk.push_str("; сказано про місце, об’єкта не визначено)");
        said.en.push_str("; told of the place, no object is placed)");
    } else {
        let _ = write!(said.uk, "; цілі {list})");
        let _ = write!(said.en, "; tracks {list})");
    }
    said
}

/// An arrival window in words a person understands.
pub fn window(arrival: &Arrival) -> (String, String) {
    let minutes = |s: u32| (f64::from(s) / 60.0).round();
    let (from, to) = (minutes(arrival.earliest_s), minutes(arrival.latest_s));
    if to < 1.0 {
        ("уже може бути тут".into(), "may be here already".into())
    } else if from < 1.0 {
        let one = if to < 1.5 { "minute" } else { "minutes" };
        (format!("будь-якої хвилини, найпізніше за {to} хв"), format!("at any minute, at the latest in {to} {one}"))
    } else if from >= to {
        let one = if to < 1.5 { "minute" } else { "minutes" };
        (format!("приблизно за {to} хв"), format!("in about {to} {one}"))
    } else {
        (format!("приблизно за {from}–{to} хв"), format!("in about {from} to {to} minutes"))
    }
}

/// One digit after the point, and two where that would say nothing.
fn percent(p: f64) -> String {
    let digits = if p < 0.01 { 100.0 } else { 10.0 };
    format!("{}", (p * 100.0 * digits).round() / digits)
}

fn span_uk(s: u32) -> String {
    if s < 120 { format!("{s} с") } else { format!("{} хв", s / 60) }
}

fn span_en(s: u32) -> String {
    if s < 120 { format!("{s} s") } else { format!("{} min", s / 60) }
}

fn name(areas: &AreaSet, code: Code) -> (String, String) {
    let named = |area: &Area| publish::names(areas, area);
    areas.get(code).map_or_else(|| (code.to_string(), code.to_string()), named)
}

fn cause(id: EventId, event: Option<&Event>, areas: &AreaSet) -> CauseView {
    let said = event.map_or_else(
        || Said { uk: "запис не читається".into(), en: "the entry cannot be read".into() },
        |event| what_happened(&event.body, areas),
    );
    CauseView { event: id.0, at: event.map(|event| event.at.to_string()), text_uk: said.uk, text_en: said.en }
}

fn what_happened(body: &EventBody, areas: &AreaSet) -> Said {
    match body {
        EventBody::Report(report) => told(report, areas),
        EventBody::Heartbeat { source } => {
            Said { uk: format!("{source}: живий"), en: format!("{source}: alive, nothing new") }
        }
        EventBody::Tick => Said { uk: "минув час".into(), en: "time passed".into() },
        EventBody::Officer { officer, action, .. } => {
            let words = action.reason();
            Said {
                uk: format!("черговий {officer}: «{words}»"), en: format!("officer {officer}: \"{words}\"")
            }
        }
        EventBody::Upstream(snapshot) => {
            let (source, count) = (&snapshot.source, snapshot.alerts.len());
            Said {
                uk: format!("{source}: повний перелік, {count} тривог"),
                en: format!("{source}: its whole picture, {count} alerts"),
            }
        }
        EventBody::Receipt { channel, delivery, .. } => {
            let Delivery { receivers, last_ms, .. } = delivery.unwrap_or_default();
            Said {
                uk: format!("надіслано ({channel}): отримувачів {receivers}, останній через {last_ms} мс"),
                en: format!("sent by {channel} to {receivers}, the last after {last_ms} ms"),
            }
        }
        EventBody::Standing { .. } => {
            Said { uk: "чинна до перезапуску".into(), en: "in force before a restart".into() }
        }
        EventBody::Desk { .. } => Said {
            uk: "було в черговій зміні до перезапуску".into(),
            en: "on the desk before a restart".into(),
        },
        EventBody::Configured { sha256, .. } => {
            let short = sha256.get(..8).unwrap_or_default();
            Said {
                uk: format!("запуск із налаштуваннями {short}"), en: format!("a start with configuration {short}")
            }
        }
        EventBody::Statement(statement) => {
            let source = &statement.source;
            Said { uk: format!("{source}: заява"), en: format!("{source}: a statement") }
        }
        EventBody::Filing(filing) => {
            let (dossier, kind) = (&filing.dossier, filing.kind.name());
            Said { uk: format!("хроніка, {dossier}: {kind}"), en: format!("the chronicle, {dossier}: {kind}") }
        }
        EventBody::Refused { source, .. } => {
            Said { uk: format!("{source}: відхилено"), en: format!("{source}: refused") }
        }
    }
}

/// A report's own words when a person wrote them, or what an instrument measured without where it stands.
fn told(report: &Report, areas: &AreaSet) -> Said {
    let source = &report.source;
    let measured = report.items.iter().any(|item| !matches!(item, Item::Threat(_) | Item::Order(_)));
    let lines = |describe: fn(&Item, &AreaSet) -> String| {
        report.items.iter().take(8).map(|item| describe(item, areas)).collect::<Vec<_>>().join("; ")
    };
    match &report.text {
        Some(text) if !measured => {
            let mut words = text.clone();
            let mut end = words.len().min(WORDS_MAX);
            while !words.is_char_boundary(end) {
                end -= 1;
            }
            if end < words.len() {
                words.truncate(end);
                words.push('…');
            }
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            Said { uk: format!("{source}: «{words}»"), en: format!("{source}: \"{words}\" ({})", lines(describe_en)) }
        }
        _ => Said { uk: format!("{source}: {}", lines(describe_uk)), en: format!("{source}: {}", lines(describe_en)) },
    }
}

/// The explanation as text for a person, in Ukrainian or English.
pub fn text(view: &WhyView, ukrainian: bool) -> String {
    let alert = &view.alert;
    let pick = |uk: &str, en: &str| if ukrainian { uk.to_owned() } else { en.to_owned() };
    let mut text = format!(
        "{} {}: {} ({})\n",
        pick("Тривога", "Alert"),
        alert.id,
        pick(&alert.name_uk, &alert.name_en),
        alert.standing
    );
    let ended = alert.ended_at.as_deref();
    let _ = writeln!(text, "{} – {}", alert.started_at, ended.unwrap_or(&pick("триває", "in force")));
    if ended.is_none() {
        for holder in &alert.holders {
            let _ =
                writeln!(text, "{} {} {} {}", pick("тримає", "held by"), holder.name, pick("з", "since"), holder.since);
        }
    }
    for (n, step) in view.steps.iter().enumerate() {
        if n == 1 && view.left_out > 0 {
            let _ = writeln!(text, "\n… {} {}", view.left_out, pick("рішень пропущено", "decisions left out"));
        }
        let _ = writeln!(text, "\n{}  {}", step.decided_at, pick(&step.text_uk, &step.text_en));
        for cause in &step.causes {
            let at = cause.at.as_deref().unwrap_or("?");
            let _ = writeln!(text, "    [{}] {at}  {}", cause.event, pick(&cause.text_uk, &cause.text_en));
        }
        if let Some(sha256) = &step.policy_sha256 {
            let short = sha256.get(..12).unwrap_or(sha256);
            let _ = writeln!(text, "    {} {} ({short}…)", pick("політика", "policy"), step.policy);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use model::{Due, SourceId, ThreatKind, Timestamp, TrackId, Watch};

    fn check(because: Because, expected: &Expect) {
        let reason = Reason { rule: "drone".to_owned(), because };
        let said = sentence(&reason, AreaSet::bundled());
        expected.assert_eq(&format!("{}\n{}\n", said.uk, said.en));
    }

    fn numbers(earliest_s: u32, latest_s: u32, tracks: &[u64]) -> Numbers {
        let arrival = Arrival { probability: 0.463, earliest_s, latest_s, kind: ThreatKind::Uav };
        let community = "UA59".parse().unwrap();
        let tracks = tracks.iter().map(|&n| TrackId(n)).collect();
        Numbers { community, arrival, threshold: 0.3, lead_s: Some(900), due: None, tracks }
    }

    #[test]
    fn a_reason_is_told_with_its_numbers_in_both_languages() {
        check(
            Because::Reached(numbers(480, 840, &[4096])),
            &expect![[r#"
            БпЛА: UA59, приблизно за 8–14 хв, імовірність 46.3 %; досягнуто порога 30 % (правило «drone», не далі ніж за 15 хв; цілі 4096)
            UAV: UA59, in about 8 to 14 minutes, probability 46.3 %; reached the threshold 30 % (rule "drone", no further than 15 min; tracks 4096)
        "#]],
        );
        check(
            Because::Moved(numbers(20, 300, &[])),
            &expect![[r#"
            БпЛА: UA59, будь-якої хвилини, найпізніше за 5 хв, імовірність 46.3 %; прогноз змінився; поріг 30 % (правило «drone», не далі ніж за 15 хв; сказано про місце, об’єкта не визначено)
            UAV: UA59, at any minute, at the latest in 5 minutes, probability 46.3 %; the forecast moved; threshold 30 % (rule "drone", no further than 15 min; told of the place, no object is placed)
        "#]],
        );
        check(
            Because::Reached(Numbers {
                threshold: 0.002,
                lead_s: None,
                due: Some(Due { from_s: 270, to_s: 450, probability: 0.0034 }),
                ..numbers(300, 540, &[4096])
            }),
            &expect![[r#"
                БпЛА: UA59, приблизно за 5–9 хв, імовірність 46.3 %; досягнуто порога 0.2 % (правило «drone»: 0.34 % за 270–450 с; цілі 4096)
                UAV: UA59, in about 5 to 9 minutes, probability 46.3 %; reached the threshold 0.2 % (rule "drone": 0.34 % in 270 to 450 s; tracks 4096)
            "#]],
        );
        let watch = Watch { source: SourceId::new("radar"), since: Timestamp::parse("2026-11-23T00:00:00Z").unwrap() };
        let fell = |watch| Because::Fell { probability: 0.0, threshold: 0.1, stood_s: 900, hold_s: 60, watch };
        check(
            fell(Some(watch)),
            &expect![[r#"
            Імовірність 0 %, нижче за 10 % (правило «drone»); тривало 15 хв, щонайменше 60 с; датчик radar стежить без перерви з 2026-11-23T00:00:00.000Z
            Probability 0 %, below 10 % (rule "drone"); it stood for 15 min, at least 60 s; sensor radar has watched without a gap since 2026-11-23T00:00:00.000Z
        "#]],
        );
        check(
            fell(None),
            &expect![[r#"
            Імовірність 0 %, нижче за 10 % (правило «drone»); тривало 15 хв, щонайменше 60 с; це не відбій: лише наш прогноз
            Probability 0 %, below 10 % (rule "drone"); it stood for 15 min, at least 60 s; this is no all-clear, only our forecast
        "#]],
        );
        check(
            Because::Said { source: SourceId::new("dsns"), word: Word::Clear },
            &expect![[r"
            Офіційне джерело dsns: відбій
            The official source dsns: all clear
        "]],
        );
        let order = |second: Option<&str>| Because::Ordered {
            order: "retract".to_owned(),
            officer: "olena".to_owned(),
            second: second.map(str::to_owned),
            words: "a lorry".to_owned(),
            outcome: Some(Outcome::Mistaken),
        };
        check(
            order(Some("taras")),
            &expect![[r#"
            Черговий olena: скасувати як помилкову — «a lorry»; друга особа: taras
            Officer olena: retract, "a lorry"; seconded by taras
        "#]],
        );
    }

    #[test]
    fn a_window_is_told_as_people_say_it() {
        let said = |earliest_s, latest_s| window(&numbers(earliest_s, latest_s, &[]).arrival).1;
        assert_eq!(said(480, 840), "in about 8 to 14 minutes");
        assert_eq!(said(0, 20), "may be here already");
        assert_eq!(said(10, 65), "at any minute, at the latest in 1 minute");
        assert_eq!(said(300, 310), "in about 5 minutes");
    }
}
