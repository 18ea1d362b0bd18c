//! Ceasefires worked out from logs: the rules one by one, the worked regimes, and the swap of the sides.

use super::*;
use crate::incident::Grade;
use model::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = "version = 1\nname = \"test\"\nparties = [\"alpha\", \"beta\"]\n\
                    zone = { name = \"Europe/Kyiv\", posix = \"EET-2EEST,M3.5.0/3,M10.5.0/4\" }\n";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(&format!("2025-{text}:00Z")).unwrap()
}

fn regime(version: u32, extra: &str, clauses: &str) -> String {
    format!(
        "[[regime]]\nid = \"r\"\nversion = {version}\nat = 2025-03-01T00:00:00Z\nproposer = \"X\"\ntext = \"text {version}\"\n\
         grace_s = 600\n{extra}\n{clauses}\n"
    )
}

const AIR: &str = "[[regime.clause]]\nid = \"air\"\ndomain = \"air\"";
const DAYS: &str = "start = 2025-03-10T00:00:00Z\nend = 2025-03-20T00:00:00Z";

fn stance(party: &str, version: u32, says: &str, day: u32) -> String {
    let conditions = if says == "accepted_with" { "conditions = [\"c\"]\n" } else { "" };
    format!(
        "[[stance]]\nparty = \"{party}\"\nregime = \"r\"\nversion = {version}\nsays = \"{says}\"\n{conditions}\
         at = 2025-03-{day:02}T12:00:00Z\nstatement = {{ source = \"s\", words = \"w\" }}\n"
    )
}

fn incident(id: &str, from: &str, to: &str, extra: &str) -> String {
    format!(
        "[[incident]]\nid = \"{id}\"\nrecorded_at = 2025-03-30T00:00:00Z\nfrom = 2025-{from}:00Z\nto = 2025-{to}:00Z\narea = \"north/town\"\n\
         domains = [\"air\"]\n{extra}\n"
    )
}

fn account(source: &str, says: &str, blames: &str) -> String {
    let blames = if blames.is_empty() { String::new() } else { format!("blames = \"{blames}\"\n") };
    format!("[[incident.account]]\nsource = \"{source}\"\nclass = \"media\"\nsays = \"{says}\"\n{blames}")
}

fn both_accept() -> String {
    HEAD.to_owned() + &regime(1, DAYS, AIR) + &stance("alpha", 1, "accepted", 5) + &stance("beta", 1, "accepted", 12)
}

fn told(text: &str, when: &str) -> Report {
    report(&Dossier::read(text).unwrap_or_else(|error| panic!("{error}\n{text}")), at(when))
}

fn check_force(text: &str, when: &str, overall: InForce, alpha: Why, beta: Why) {
    let report = told(text, when);
    let force = &report.regimes[0].force;
    assert_eq!(
        (force.overall, force.parties["alpha"].why, force.parties["beta"].why),
        (overall, alpha, beta),
        "{when}"
    );
}

#[test]
fn in_force_is_yes_from_the_later_of_acceptance_and_start() {
    let text = both_accept();
    check_force(&text, "03-04T00:00", InForce::No, Why::NoStance, Why::NoStance);
    check_force(&text, "03-09T23:59", InForce::No, Why::NotStarted, Why::NoStance);
    check_force(&text, "03-10T00:00", InForce::Disputed, Why::Accepted, Why::NoStance);
    check_force(&text, "03-12T11:59", InForce::Disputed, Why::Accepted, Why::NoStance);
    check_force(&text, "03-12T12:00", InForce::Yes, Why::Accepted, Why::Accepted);
    check_force(&text, "03-20T00:00", InForce::No, Why::Ended, Why::Ended);
    let turns = told(&text, "03-25T00:00").regimes[0].history.iter().map(|it| it.overall).collect::<Vec<_>>();
    assert_eq!(turns, [InForce::No, InForce::Disputed, InForce::Yes, InForce::No]);
}

#[test]
fn conditions_refusal_silence_and_withdrawal_are_no_acceptance() {
    for (says, why) in [
        ("proposed", Why::Proposed),
        ("accepted_with", Why::ConditionsOpen),
        ("rejected", Why::Rejected),
        ("silent", Why::Silent),
        ("withdrawn", Why::Withdrawn),
    ] {
        let text = both_accept() + &stance("beta", 1, says, 14);
        check_force(&text, "03-15T00:00", InForce::Disputed, Why::Accepted, why);
        check_force(&text, "03-13T00:00", InForce::Yes, Why::Accepted, Why::Accepted);
    }
}

#[test]
fn a_text_that_waits_for_everybody_binds_nobody_before() {
    let text = HEAD.to_owned() + &regime(1, "all_accept = true\nhours = 48", AIR) + &stance("alpha", 1, "accepted", 5);
    check_force(&text, "03-06T00:00", InForce::No, Why::OthersMissing, Why::NoStance);
    let text = text + &stance("beta", 1, "accepted", 12);
    check_force(&text, "03-12T11:00", InForce::No, Why::OthersMissing, Why::NoStance);
    check_force(&text, "03-14T11:59", InForce::Yes, Why::Accepted, Why::Accepted);
    check_force(&text, "03-14T12:00", InForce::No, Why::Ended, Why::Ended);
}

fn statuses(report: &Report, by: &str) -> Vec<(Vec<String>, Status)> {
    let judged = report.regimes[0].judged.iter().find(|it| it.by == by).unwrap();
    judged.breaches.iter().map(|it| (it.incidents.clone(), it.status)).collect()
}

#[test]
fn a_breach_is_confirmed_only_when_incident_time_and_place_are_sure() {
    let sure = account("a", "asserted", "alpha")
        + &account("b", "asserted", "alpha")
        + "[[incident.evidence]]\nshows = \"physical\"\nsource = \"c\"\n";
    let check = |from: &str, to: &str, extra: &str, accounts: &str, expected: Status| {
        let text = both_accept() + &incident("i", from, to, &format!("{extra}\n{accounts}"));
        assert_eq!(
            statuses(&told(&text, "04-01T00:00"), "common"),
            [(vec!["i".to_owned()], expected)],
            "{from} {extra}"
        );
    };
    check("03-15T10:00", "03-15T11:00", "", &sure, Status::Confirmed);
    check("03-15T10:00", "03-15T11:00", "", &account("a", "asserted", "alpha"), Status::Alleged);
    check(
        "03-15T10:00",
        "03-15T11:00",
        "",
        &(account("a", "asserted", "") + &account("b", "reported", "")),
        Status::Recorded,
    );
    // Within the grace of the end, and with a clock that may be off by an hour.
    check("03-19T23:55", "03-19T23:56", "", &sure, Status::Recorded);
    check("03-12T12:30", "03-12T12:40", "clock_s = 3600", &sure, Status::Recorded);
    check("03-12T12:30", "03-12T12:40", "launched_at = 2025-03-12T11:50:00Z", &sure, Status::Recorded);
    check("03-11T10:00", "03-11T11:00", "", &sure, Status::Outside);
    check("03-15T10:00", "03-15T11:00", "refuted = \"never happened\"", &sure, Status::Discounted);
    // What a party says of itself confirms; what the blamed denies lowers nothing.
    check("03-15T10:00", "03-15T11:00", "", &(account("a", "admitted", "") + "party = \"alpha\"\n"), Status::Confirmed);
    let denied = sure.clone() + &account("d", "denied", "") + "party = \"alpha\"\n";
    check("03-15T10:00", "03-15T11:00", "", &denied, Status::Confirmed);
    check("03-15T10:00", "03-15T11:00", "", &(sure.clone() + &account("d", "asserted", "beta")), Status::Alleged);
}

#[test]
fn an_exception_and_an_area_count() {
    let sure = account("a", "asserted", "alpha")
        + &account("b", "asserted", "alpha")
        + "[[incident.evidence]]\nshows = \"physical\"\nsource = \"c\"\n";
    let clauses = format!("area = [\"north\"]\n{AIR}\n[[regime.exception]]\nid = \"e\"\nwords = \"w\"");
    let text = HEAD.to_owned()
        + &regime(1, DAYS, &clauses)
        + &stance("alpha", 1, "accepted", 5)
        + &stance("beta", 1, "accepted", 5);
    let considered =
        |applies: &str| format!("considered = [{{ exception = \"e\", applies = \"{applies}\", why = \"w\" }}]\n{sure}");
    let check = |extra: &str, expected: Status| {
        let text = text.clone() + &incident("i", "03-15T10:00", "03-15T11:00", extra);
        assert_eq!(statuses(&told(&text, "04-01T00:00"), "common"), [(vec!["i".to_owned()], expected)], "{extra}");
    };
    check(&considered("yes"), Status::Excepted);
    check(&considered("no"), Status::Confirmed);
    check(&considered("unclear"), Status::Recorded);
    check(&format!("area_sure = false\n{sure}"), Status::Recorded);
    let away = incident("i", "03-15T10:00", "03-15T11:00", &sure).replace("north/town", "northern/town");
    assert_eq!(statuses(&told(&(text + &away), "04-01T00:00"), "common")[0].1, Status::Outside);
}

#[test]
fn the_core_is_what_both_versions_forbid_when_both_are_in_force() {
    let wide =
        "[[regime.clause]]\nid = \"energy\"\ndomain = \"energy\"\n[[regime.clause]]\nid = \"sea\"\ndomain = \"sea\"";
    let narrow = "[[regime.clause]]\nid = \"energy\"\ndomain = \"energy\"\nobjects = [\"dam\", \"plant\"]";
    let text = HEAD.to_owned()
        + &regime(1, "start = 2025-03-18T00:00:00Z\nend = 2025-04-17T00:00:00Z", narrow)
        + &regime(2, "start = 2025-03-25T00:00:00Z\nend = 2025-04-24T00:00:00Z", wide)
        + &stance("alpha", 1, "accepted", 18)
        + &stance("beta", 2, "accepted", 25);
    let early = account("a", "asserted", "") + &account("b", "asserted", "");
    let text = text
        + &incident("early", "03-20T10:00", "03-20T11:00", &format!("objects = [\"dam\"]\n{early}"))
            .replace("\"air\"", "\"energy\"")
        + &incident("well", "03-27T10:00", "03-27T11:00", &format!("objects = [\"well\"]\n{early}"))
            .replace("\"air\"", "\"energy\"");
    let report = told(&text, "04-01T00:00");
    let core = report.regimes[0].core.as_ref().unwrap();
    assert_eq!(core.clauses.len(), 1);
    assert_eq!(core.clauses[0].objects.iter().collect::<Vec<_>>(), ["dam", "plant"]);
    assert_eq!(core.periods, [Period { from: at("03-25T12:00"), to: None }]);
    let early = |status| (vec!["early".to_owned()], status);
    assert_eq!(statuses(&report, "common"), [early(Status::Outside)]);
    assert_eq!(statuses(&report, "alpha"), [early(Status::Recorded)]);
    assert_eq!(statuses(&report, "beta"), [early(Status::Outside), (vec!["well".to_owned()], Status::Recorded)]);
    assert_eq!(told(&text, "04-20T00:00").regimes[0].force.overall, InForce::Disputed);
}

#[test]
fn a_salvo_on_one_place_is_one_breach_with_a_quantity() {
    let one = |id: &str, minute: u32| {
        incident(
            id,
            &format!("03-15T10:{minute:02}"),
            &format!("03-15T10:{minute:02}"),
            &format!("quantity = 3\n{}", account("a", "asserted", "alpha")),
        )
    };
    let later = incident("late", "03-15T12:00", "03-15T12:00", &account("a", "asserted", "alpha"));
    let report = told(&(both_accept() + &one("a", 0) + &one("b", 20) + &one("c", 59) + &later), "04-01T00:00");
    let breaches = &report.regimes[0].judged[0].breaches;
    assert_eq!(breaches.len(), 2);
    assert_eq!((breaches[0].incidents.len(), breaches[0].quantity.to_string()), (3, "9".to_owned()));
    let day = report.regimes[0].judged[0].days.iter().find(|it| it.date == "2025-03-15").unwrap();
    assert_eq!((day.by_status["alleged"], day.incidents), (2, 4));
}

#[test]
fn silence_counts_only_in_hours_that_somebody_observed() {
    let watch = "[[coverage]]\narea = \"north\"\nfrom = 2025-03-14T22:00:00Z\nto = 2025-03-15T21:00:00Z\nreporters = 1\nalert_feed = true\n\
                 [[alert]]\narea = \"north/town\"\nfrom = 2025-03-15T05:10:00Z\nto = 2025-03-15T05:20:00Z\n";
    let sure = account("a", "asserted", "alpha") + &account("b", "asserted", "alpha");
    let text = both_accept() + watch + &incident("i", "03-15T10:30", "03-15T10:40", &sure);
    let report = told(&text, "04-01T00:00");
    let day =
        |date: &str| report.regimes[0].judged[0].days.iter().find(|it| it.date == date).unwrap().areas["north"].clone();
    let watched =
        AreaDay { hours: 24, observed: 23, breach_free: 22, alleged_only: 0, partly: 0, feed: 23, alert_free: 22 };
    assert_eq!(day("2025-03-15"), watched.clone());
    assert_eq!(day("2025-03-16").observed, 0);
    let words = words(&report, Lang::En);
    assert!(words.contains("no confirmed or recorded breach in 22 of 23 observed hours"), "{words}");
    assert!(words.contains("nobody observed, so that silence says nothing"));
    // A feed of alerts alone watches for alerts, and for no breach.
    let feed = told(&text.replace("reporters = 1\n", ""), "04-01T00:00");
    let alone = &feed.regimes[0].judged[0].days.iter().find(|it| it.date == "2025-03-15").unwrap().areas["north"];
    assert_eq!(*alone, AreaDay { hours: 24, feed: 23, alert_free: 22, ..AreaDay::default() });
    // A breach and an alert told of a wider area may have been here.
    let wide = (both_accept() + watch + &incident("i", "03-15T10:30", "03-15T10:40", &sure))
        .replace("area = \"north/town\"", "area = \"north\"")
        .replace("area = \"north\"\nfrom = 2025-03-14T22", "area = \"north/town\"\nfrom = 2025-03-14T22");
    let judged = told(&wide, "04-01T00:00");
    let hours =
        judged.regimes[0].judged[0].days.iter().find(|it| it.date == "2025-03-15").unwrap().areas["north/town"].clone();
    assert_eq!(hours, watched);
    // The clock goes forward on 30 March: that day has 23 hours.
    let spring = both_accept().replace("2025-03-20T00:00:00Z", "2025-04-20T00:00:00Z") + watch;
    let report = told(&spring, "04-10T00:00");
    let day = report.regimes[0].judged[0].days.iter().find(|it| it.date == "2025-03-30").unwrap();
    assert_eq!(day.areas["north"].hours, 23);
}

#[test]
fn who_watches_a_part_of_what_is_protected_observes_that_part_only() {
    let both = format!("{AIR}\n[[regime.clause]]\nid = \"front\"\ndomain = \"frontline\"");
    let head = HEAD.to_owned()
        + &regime(1, DAYS, &both)
        + &stance("alpha", 1, "accepted", 5)
        + &stance("beta", 1, "accepted", 12);
    let watch = |domains: &str, from: &str, to: &str| {
        format!(
            "[[coverage]]\narea = \"north\"\nfrom = 2025-03-{from}:00:00Z\nto = 2025-03-{to}:00:00Z\nreporters = 1\n{domains}\n"
        )
    };
    let day = |text: &str| {
        let report = told(text, "04-01T00:00");
        let words = words(&report, Lang::En);
        let days = &report.regimes[0].judged[0].days;
        (days.iter().find(|it| it.date == "2025-03-15").unwrap().areas["north"].clone(), words)
    };
    let front = watch("domains = [\"frontline\"]", "14T22", "15T22");
    let (alone, said) = day(&(head.clone() + &front));
    assert_eq!((alone.observed, alone.partly, alone.breach_free), (0, 24, 0));
    assert!(said.contains("in 24 other hours only a part of what is protected was observed"), "{said}");
    let air = watch("domains = [\"air\", \"sea\"]", "15T02", "15T12");
    let (two, _) = day(&(head.clone() + &front + &air));
    assert_eq!((two.observed, two.partly, two.breach_free), (10, 14, 10), "together they watch all of it");
    let (all, _) = day(&(head.clone() + &front + &watch("", "15T02", "15T12")));
    assert_eq!((all.observed, all.partly), (10, 14), "without a domain everything is watched");
    let odd = head + &watch("domains = [\"moon\"]", "15T02", "15T12");
    assert!(Dossier::read(&odd).unwrap_err().reason.contains("unknown variant `moon`"));
}

#[test]
fn what_is_recorded_later_is_not_known_and_what_is_withheld_is_only_counted() {
    let text = both_accept() + &incident("i", "03-15T10:00", "03-15T11:00", &account("a", "asserted", "alpha"));
    assert_eq!(told(&text, "03-29T23:59").incidents.len(), 0);
    assert_eq!(told(&text, "03-30T00:00").incidents.len(), 1);
    let later = text.clone()
        + &incident(
            "i",
            "03-15T10:00",
            "03-15T11:00",
            &format!("version = 2\nrefuted = \"no\"\n{}", account("a", "asserted", "")),
        )
        .replace("2025-03-30", "2025-03-31");
    assert_eq!(told(&later, "03-30T12:00").incidents[0].graded.grade, Grade::Weak);
    assert_eq!(told(&later, "03-31T12:00").incidents[0].graded.grade, Grade::Discounted);
    let hidden = text.replace("domains = [\"air\"]", "domains = [\"air\"]\nembargo_until = 2025-04-05T00:00:00Z");
    let report = told(&hidden, "04-01T00:00");
    assert_eq!((report.incidents.len(), report.withheld), (0, 1));
    assert!(!serde_json::to_string(&report).unwrap().contains("north/town"));
    assert_eq!(told(&hidden, "04-05T00:00").withheld, 0);
}

#[test]
fn a_bad_dossier_is_refused_with_its_line_and_what_would_be_right() {
    let check = |text: &str, expected: &str| {
        let error = Dossier::read(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\n{text}");
    };
    check("version = 1\nname = 3", "line 2");
    check(
        &both_accept().replace("version = 1\nname", "version = 7\nname"),
        "line 1 of the file: version = 7: expected 1",
    );
    check(
        &(both_accept() + &stance("gamma", 1, "accepted", 5)),
        "\"gamma\" is no party here; expected one of alpha, beta",
    );
    check(&(both_accept() + &stance("alpha", 9, "accepted", 5)), "there is no version 9 of a regime \"r\"");
    check(&both_accept().replace("at = 2025-03-05", "at = 2025-02-05"), "a text that was known at");
    check(&both_accept().replace("end = 2025-03-20", "end = 2025-03-02"), "is after to");
    check(&both_accept().replace("\"beta\"]", "\"alpha\"]"), "parties: expected 2 to 8 different names");
    check(&both_accept().replace("EET-2EEST", "Kyiv!"), "zone:");
    check(&both_accept().replace("grace_s", "grace"), "unknown field `grace`");
    check(&(both_accept() + &incident("i", "03-15T10:00", "03-15T11:00", "")), "neither an account nor evidence");
    check(&both_accept().replace("12T12:00:00Z", "12T12:00:00"), "line");
    check(&format!("{HEAD}# {}", "x".repeat(file::FILE_BYTES_MAX)), "at most 4194304");
}

fn worked(name: &str, when: &str) -> Report {
    let path = format!("{}/../../scenarios/ceasefire/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    told(&std::fs::read_to_string(path).unwrap(), when)
}

#[test]
fn the_full_30_days_were_never_in_force() {
    let report = worked("full-30", "04-20T00:00");
    assert_eq!(report.regimes[0].force.overall, InForce::No);
    assert!(report.regimes[0].history.iter().all(|it| it.overall == InForce::No));
    assert_eq!(report.regimes[0].core, None);
    assert_eq!(statuses(&report, "UA")[0].1, Status::Outside);
}

#[test]
fn the_energy_days_are_disputed_before_the_second_start_and_after_the_first_end() {
    let turns: Vec<(String, InForce)> = worked("energy-30", "05-01T00:00").regimes[0]
        .history
        .iter()
        .map(|it| (it.from.to_string()[..10].to_owned(), it.overall))
        .collect();
    let day = |day: &str, overall| (format!("2025-{day}"), overall);
    assert_eq!(
        turns,
        [
            day("03-17", InForce::No),
            day("03-18", InForce::Disputed),
            day("03-25", InForce::Yes),
            day("04-16", InForce::Disputed),
            day("04-23", InForce::No)
        ]
    );
    let report = worked("energy-30", "03-29T00:00");
    let sudzha = report.incidents.iter().find(|it| it.id.starts_with("sudzha")).unwrap();
    assert_eq!((sudzha.graded.grade, sudzha.attribution.party.as_ref()), (Grade::Contested, None));
    assert_eq!(sudzha.attribution.rivals.len(), 2);
    let common = &report.regimes[0].judged[0];
    assert_eq!((common.by_party["RU"], common.by_party["UA"]), (1, 1));
}

#[test]
fn the_easter_counts_add_up_in_their_own_units_and_are_not_compared() {
    let report = worked("easter-30h", "04-22T00:00");
    let rest: Vec<String> = report.counts.iter().map(|it| it.rest.to_string()).collect();
    assert_eq!(rest, ["at most 6", "0"]);
    assert_eq!(report.counts[1].common["shelling"].to_string(), "1423");
    assert!(report.compared.iter().all(|it| it.verdict == "incomparable"));
    let total = report.compared.iter().find(|it| it.of == "total").unwrap();
    assert_eq!(total.because, ["each counts what the other side did", "their times differ", "their units differ"]);
    let edge = report.regimes[0]
        .judged
        .iter()
        .flat_map(|it| &it.breaches)
        .find(|it| it.incidents == ["night-2025-04-21"])
        .unwrap();
    assert_eq!(edge.in_time, InTime::ClockUncertain);
    let history: Vec<InForce> = report.regimes[0].history.iter().map(|it| it.overall).collect();
    assert_eq!(history, [InForce::No, InForce::Disputed, InForce::No]);
}

/// Hours of an area over all days of one measure.
fn hours(report: &Report, by: &str, area: &str) -> AreaDay {
    let judged = report.regimes[0].judged.iter().find(|it| it.by == by).unwrap();
    judged.days.iter().filter_map(|it| it.areas.get(area)).fold(AreaDay::default(), |a, b| AreaDay {
        hours: a.hours + b.hours,
        observed: a.observed + b.observed,
        breach_free: a.breach_free + b.breach_free,
        alleged_only: a.alleged_only + b.alleged_only,
        feed: a.feed + b.feed,
        alert_free: a.alert_free + b.alert_free,
        partly: a.partly + b.partly,
    })
}

#[test]
fn the_worked_curves_say_what_was_observed_and_what_is_only_alleged() {
    let easter = worked("easter-30h", "04-22T00:00");
    let front = hours(&easter, "RU", "front");
    let all = AreaDay { hours: 30, observed: 30, breach_free: 30, alleged_only: 30, ..AreaDay::default() };
    assert_eq!(front, all, "no hour of the front that one side does not accuse the other of");
    let sky = hours(&easter, "RU", "UA");
    assert_eq!((sky.feed, sky.alert_free), (30, 24), "the evening with sirens, and a Sunday without");
    assert!(words(&easter, Lang::En).contains("of these a breach is alleged"));
    assert!(page(&easter, Lang::En).contains("hollow"));
    let energy = worked("energy-30", "05-01T00:00");
    let ua = hours(&energy, "common", "UA");
    assert!(ua.observed > 500 && ua.observed < ua.hours && ua.alleged_only > 0, "{ua:?}");
    assert!(hours(&energy, "RU", "RU").observed > ua.observed);
    assert!(energy.compared.iter().all(|it| it.verdict == "incomparable"));
}

#[test]
fn a_page_needs_nothing_from_outside_and_no_name_becomes_markup() {
    let mut dossier = Dossier::read(&both_accept()).unwrap();
    dossier.name = "<script>alert(1)</script>".to_owned();
    let page = page(&report(&dossier, at("03-15T00:00")), Lang::Uk);
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("src="));
    assert!(page.contains("prefers-color-scheme:dark") && page.contains("role=img") && page.contains("lang=uk"));
    let worked = super::page(&worked("energy-30", "03-29T00:00"), Lang::En);
    assert!(worked.contains("id=en checked") && worked.contains("<figcaption>"));
}

/// A value in an order that does not depend on names.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), canonical(value))).collect())
        }
        other => other.clone(),
    }
}

fn swapped(text: &str) -> String {
    text.replace("alpha", "\u{1}").replace("beta", "alpha").replace('\u{1}', "beta")
}

fn parties() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["alpha", "beta"])
}

fn stances() -> impl Strategy<Value = String> {
    let says = prop::sample::select(vec![
        "proposed",
        "accepted",
        "accepted",
        "accepted",
        "accepted_with",
        "rejected",
        "silent",
        "withdrawn",
    ]);
    (parties(), 1..3_u32, says, 1..28_u32).prop_map(|(party, version, says, day)| stance(party, version, says, day))
}

fn incidents() -> impl Strategy<Value = String> {
    let says = prop::sample::select(vec!["asserted", "reported", "denied", "admitted"]);
    let shows = prop::sample::select(vec![
        "launch",
        "track",
        "direction",
        "weapon",
        "interception",
        "physical",
        "own_observation",
    ]);
    let accounts = prop::collection::vec((0..4_u32, says, parties(), parties(), any::<bool>()), 1..4);
    let evidence = prop::collection::vec((0..4_u32, shows, parties(), any::<bool>()), 0..4);
    let place = prop::sample::select(vec!["north/town", "north", "south"]);
    (1..28_u32, 0..24_u32, 0..24_u32, accounts, evidence, place, 1..9_u32).prop_map(
        |(day, hour, length, accounts, evidence, place, quantity)| {
            let mut extra = format!("quantity = {quantity}\n");
            for (source, says, party, blames, with) in accounts {
                extra += &account(&format!("s{source}"), says, if with { blames } else { "" });
                let _ = write!(extra, "party = \"{party}\"\nquantity = {{ low = {source}, high = {} }}\n", source + 2);
            }
            for (source, shows, party, with) in evidence {
                let _ = write!(extra, "[[incident.evidence]]\nshows = \"{shows}\"\nsource = \"e{source}\"\n");
                if with {
                    let _ = writeln!(extra, "party = \"{party}\"");
                }
            }
            let to = (hour + length).min(23);
            let id = format!("i{day}-{hour}-{to}-{quantity}-{place}");
            incident(&id, &format!("03-{day:02}T{hour:02}:00"), &format!("03-{day:02}T{to:02}:30"), &extra)
                .replace("north/town", place)
        },
    )
}

proptest! {
    #[test]
    fn swapping_the_parties_swaps_the_result(
        stances in prop::collection::vec(stances(), 0..8),
        incidents in prop::collection::vec(incidents(), 0..8),
        counts in prop::collection::vec((parties(), parties(), 1..100_u32), 0..3),
        day in 1..31_u32,
    ) {
        let objects = "[[regime.clause]]\nid = \"air\"\ndomain = \"air\"\nobjects = []";
        let mut body = regime(1, DAYS, AIR) + &regime(2, "start = 2025-03-14T00:00:00Z\nend = 2025-03-25T00:00:00Z\narea = [\"north\"]", objects);
        body += &stances.concat();
        let mut seen = std::collections::BTreeSet::new();
        for incident in incidents {
            let id = incident.lines().nth(1).unwrap_or_default().to_owned();
            if seen.insert(id) {
                body += &incident;
            }
        }
        for (party, accuses, n) in counts {
            let _ = write!(body, "[[count]]\nparty = \"{party}\"\naccuses = \"{accuses}\"\nat = 2025-03-20T00:00:00Z\nfrom = 2025-03-10T00:00:00Z\n\
                to = 2025-03-20T00:00:00Z\narea = \"north\"\nunit = \"u\"\nquantity = {n}\nstatement = {{ source = \"s\", words = \"w\" }}\n");
        }
        body += "[[coverage]]\narea = \"north\"\nfrom = 2025-03-11T00:00:00Z\nto = 2025-03-16T00:00:00Z\nreporters = 2\n";
        let when = format!("03-{day:02}T12:00");
        let json = |report: &Report| serde_json::to_string(report).unwrap();
        let straight = told(&(HEAD.to_owned() + &body), &when);
        let turned = told(&(HEAD.to_owned() + &swapped(&body)), &when);
        let expected: Value = serde_json::from_str(&swapped(&json(&straight))).unwrap();
        let found: Value = serde_json::from_str(&json(&turned)).unwrap();
        prop_assert_eq!(canonical(&expected), canonical(&found));
        prop_assert_eq!(json(&straight), json(&told(&(HEAD.to_owned() + &body), &when)));
    }

    #[test]
    fn what_is_known_at_a_time_does_not_depend_on_what_comes_later(day in 1..31_u32, later in stances()) {
        let text = both_accept();
        let when = format!("03-{day:02}T00:00");
        let more = text.clone() + &later.replace("2025-03-", "2025-05-").replace("version = 2", "version = 1");
        prop_assert_eq!(told(&text, &when), told(&more, &when));
    }
}
