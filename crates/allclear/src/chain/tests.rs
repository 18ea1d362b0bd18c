use super::*;
use cap::{MsgType, Profile, ResponseType, Strictness};
use model::{
    Alert, AlertId, AlertLevel, AlertType, AreaSet, Arrival, Decision, DecisionBody, Holder, Outcome, SourceId,
    Standing, Status, ThreatKind, Timestamp,
};
use std::collections::BTreeMap;

const BEGAN_MS: i64 = 1_795_000_000_500;
fn atlas() -> &'static Atlas {
    static ATLAS: std::sync::OnceLock<Atlas> = std::sync::OnceLock::new();
    ATLAS.get_or_init(|| Atlas::new(AreaSet::bundled()))
}

/// Konotop Raion: an outline. Its neighbours below: a hromada, a region, the country.
const PLACES: [&str; 4] = ["UA59020000000081905", "UA59000000000057109", "UA80000000000093317", "UA"];

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(BEGAN_MS + second * 1000)
}

fn now(second: i64) -> Timestamp {
    at(second)
}

fn issuer(status: Status) -> Issuer {
    Issuer {
        sender: "duty@example.org".to_owned(),
        sender_name: "AllClear".to_owned(),
        prefix: "urn:oid:2.49.0.1.804.7.".to_owned(),
        status,
    }
}

fn alert(id: u64, place: &str, standing: Standing, second: i64) -> Alert {
    let holder = Holder::of(at(second), Some(AlertLevel::Red), vec![ThreatKind::Uav], model::EventId(id / 4096));
    Alert {
        id: AlertId(id),
        standing,
        community: place.parse().unwrap(),
        alert_type: AlertType::AirRaid,
        level: AlertLevel::Red,
        kinds: vec![ThreatKind::Uav],
        started_at: at(0),
        updated_at: at(second),
        ended_at: None,
        holders: BTreeMap::from([(SourceId::new("alerts.in.ua"), holder)]),
        arrival: None,
    }
}

fn decided(second: i64, body: DecisionBody) -> Decision {
    Decision { decided_at: at(second), causes: Vec::new(), body, reason: None, policy: None }
}

fn ended(alert: &Alert, second: i64, outcome: Outcome) -> Decision {
    let alert = Alert { ended_at: Some(at(second)), updated_at: at(second), ..alert.clone() };
    decided(second, DecisionBody::End { alert, outcome, by: "alerts.in.ua".to_owned() })
}

/// Raised, at 10 minutes red with another kind, ended at 100 minutes.
fn evening(place: &str, standing: Standing, outcome: Option<Outcome>) -> Ledger {
    let mut ledger = Ledger::default();
    let mut first = alert(4096, place, standing, 0);
    first.level = AlertLevel::Yellow;
    first.arrival = Some(Arrival { probability: 0.42, earliest_s: 120, latest_s: 600, kind: ThreatKind::Uav });
    ledger.take(2, &decided(0, DecisionBody::Raise(first)));
    let mut second = alert(4096, place, standing, 600);
    second.kinds.push(ThreatKind::Missile);
    ledger.take(9, &decided(600, DecisionBody::Update(second.clone())));
    if let Some(outcome) = outcome {
        ledger.take(17, &ended(&second, 6_000, outcome));
    }
    ledger
}

/// Every message that was listed at any time, in the order of sending; each is checked, read back and compared.
fn told(ledger: &Ledger, issuer: &Issuer, advisory: bool, until: i64) -> Vec<cap::Alert> {
    let mut seen: BTreeMap<(i64, String), cap::Alert> = BTreeMap::new();
    for second in (0..until).step_by(300) {
        for letter in ledger.listed(issuer, now(second), advisory) {
            let message = ledger.message(issuer, atlas(), &letter).unwrap();
            assert_eq!(ledger.find(issuer, &letter.identifier, now(second)), Some(letter.clone()));
            let known = seen.insert((letter.sent_s, letter.identifier), message.clone());
            assert!(known.is_none_or(|known| known == message), "a message never changes");
        }
    }
    let all: Vec<_> = seen.into_values().collect();
    for message in &all {
        let bytes = message.to_xml();
        let findings = cap::lint_as(bytes.as_bytes(), Profile::UaAirRaid).unwrap();
        assert_eq!(findings, [], "{bytes}");
        assert_eq!(cap::read(bytes.as_bytes(), Strictness::Strict).unwrap().alert, *message);
    }
    all
}

fn outline(messages: &[cap::Alert]) -> Vec<(i64, MsgType, ResponseType, usize)> {
    let began = BEGAN_MS.div_euclid(1000);
    let line =
        |it: &cap::Alert| (it.sent.unix_s() - began, it.msg_type, it.info[0].response_type[0], it.references.len());
    messages.iter().map(line).collect()
}

#[test]
fn a_chain_begins_is_renewed_changes_and_ends_by_an_explicit_all_clear() {
    use MsgType::{Alert, Update};
    use ResponseType::{AllClear, Shelter};
    for place in PLACES {
        for status in [Status::Actual, Status::Exercise] {
            let ledger = evening(place, Standing::Official, Some(Outcome::Passed));
            let messages = told(&ledger, &issuer(status), false, 90_000);
            let expected = [
                (0, Alert, Shelter, 0),
                (600, Update, Shelter, 1),
                (2_400, Update, Shelter, 2),
                (4_200, Update, Shelter, 1),
                (6_000, Update, AllClear, 1),
            ];
            assert_eq!(outline(&messages)[..4], expected[..4]);
            assert_eq!(outline(&messages)[4], (6_000, Update, AllClear, 1));
            let marked = messages.iter().all(|it| (it.status == cap::Status::Exercise) == (status == Status::Exercise));
            assert!(marked);
        }
    }
}

#[test]
fn every_unexpired_message_of_the_chain_is_referred_to_and_nothing_else() {
    let ledger = evening(PLACES[0], Standing::Authority, Some(Outcome::Passed));
    let messages = told(&ledger, &issuer(Status::Actual), false, 90_000);
    for (n, message) in messages.iter().enumerate() {
        let expected: Vec<_> = messages[..n]
            .iter()
            .filter(|it| it.info[0].expires.unwrap().unix_s() > message.sent.unix_s())
            .map(|it| (it.identifier.clone(), it.sent))
            .collect();
        let named: Vec<_> = message.references.iter().map(|it| (it.identifier.clone(), it.sent)).collect();
        assert_eq!(named, expected, "{}", message.identifier);
    }
}

#[test]
fn an_alert_in_force_always_has_a_message_that_holds() {
    let ledger = evening(PLACES[1], Standing::Official, None);
    for second in (0..400_000).step_by(977) {
        let listed = ledger.listed(&issuer(Status::Actual), now(second), false);
        let at_s = now(second).millis() / 1000;
        assert!(listed.iter().any(|it| it.expires_s > at_s + 1_700), "{second}");
    }
}

#[test]
fn a_mistake_is_cancelled_and_is_no_all_clear() {
    let ledger = evening(PLACES[0], Standing::Official, Some(Outcome::Mistaken));
    let messages = told(&ledger, &issuer(Status::Actual), false, 90_000);
    let last = messages.last().unwrap();
    assert_eq!((last.msg_type, &last.info[0].response_type[..]), (MsgType::Cancel, &[ResponseType::None][..]));
    assert!(last.note.as_deref().unwrap().contains("помилково"));
    assert!(messages.iter().all(|it| it.info.iter().all(|info| !info.response_type.contains(&ResponseType::AllClear))));
}

#[test]
fn the_end_of_our_own_forecast_is_no_all_clear_and_it_is_never_among_alerts() {
    let ledger = evening(PLACES[0], Standing::Advisory, Some(Outcome::Passed));
    assert_eq!(told(&ledger, &issuer(Status::Actual), false, 90_000), []);
    let messages = told(&ledger, &issuer(Status::Actual), true, 90_000);
    assert_eq!(messages.last().unwrap().info[1].urgency, cap::Urgency::Past);
    for info in messages.iter().flat_map(|it| &it.info) {
        assert!(
            !info.response_type.contains(&ResponseType::AllClear)
                && !info.response_type.contains(&ResponseType::Shelter)
        );
        assert_ne!(info.urgency, cap::Urgency::Immediate);
    }
}

#[test]
fn every_type_and_kind_keeps_the_profile() {
    let types = [
        AlertType::AirRaid,
        AlertType::ArtilleryShelling,
        AlertType::UrbanFights,
        AlertType::Chemical,
        AlertType::Nuclear,
    ];
    for (n, alert_type) in types.into_iter().enumerate() {
        let mut ledger = Ledger::default();
        let kinds = ThreatKind::ALL.to_vec();
        let alert = Alert { alert_type, kinds, ..alert(n as u64, PLACES[2], Standing::Official, 0) };
        ledger.take(7, &decided(0, DecisionBody::Raise(alert)));
        assert_eq!(told(&ledger, &issuer(Status::Actual), false, 300).len(), 1);
    }
}

#[test]
fn what_tells_nothing_new_makes_no_message() {
    let mut ledger = evening(PLACES[0], Standing::Authority, None);
    let mut moved = alert(4096, PLACES[0], Standing::Authority, 700);
    moved.kinds.push(ThreatKind::Missile);
    moved.arrival = Some(Arrival { probability: 0.9, earliest_s: 0, latest_s: 60, kind: ThreatKind::Uav });
    ledger.take(10, &decided(700, DecisionBody::Update(moved)));
    assert_eq!(told(&ledger, &issuer(Status::Actual), false, 900).len(), 2);
}

#[test]
fn a_chain_read_again_from_the_last_day_says_the_same() {
    let mut whole = Ledger::default();
    let mut later = Ledger::default();
    for n in 0..40_i64 {
        let second = n * 5_000;
        let level = if n % 2 == 0 { AlertLevel::Red } else { AlertLevel::Yellow };
        let alert = Alert { level, ..alert(4096, PLACES[0], Standing::Official, second) };
        let body = if n == 0 { DecisionBody::Raise(alert) } else { DecisionBody::Update(alert) };
        let decision = decided(second, body);
        whole.take(n.unsigned_abs() * 3, &decision);
        // The last decision before the day stays: it is renewed within it.
        if second >= 195_000 - 86_400 - EXPIRES_S - 5_000 {
            later.take(n.unsigned_abs() * 3, &decision);
        }
    }
    let issuer = issuer(Status::Actual);
    let everything = |ledger: &Ledger| {
        let mut all = BTreeMap::new();
        for second in (195_000 - 80_000..195_000).step_by(600) {
            for letter in ledger.listed(&issuer, now(second), false) {
                all.insert(letter.identifier.clone(), ledger.message(&issuer, atlas(), &letter).unwrap().to_xml());
            }
        }
        all
    };
    let before = everything(&whole);
    assert!(before.len() > 40);
    assert_eq!(before, everything(&later));
    whole.forget(now(195_000));
    assert_eq!(before, everything(&whole));
}

#[test]
fn what_is_over_is_forgotten_after_a_day_and_what_stands_is_not() {
    let issuer = issuer(Status::Actual);
    let mut ledger = evening(PLACES[0], Standing::Official, Some(Outcome::Passed));
    ledger.take(30, &decided(0, DecisionBody::Raise(alert(8192, PLACES[1], Standing::Official, 0))));
    let clear = ledger.listed(&issuer, now(6_000), false)[0].identifier.clone();
    assert!(ledger.find(&issuer, &clear, now(6_000 + 86_399)).is_some());
    ledger.forget(now(6_000 + 86_402));
    assert_eq!(ledger.len(), 1);
    assert!(ledger.find(&issuer, &clear, now(6_000 + 86_402)).is_none());
    assert_eq!(ledger.listed(&issuer, now(1_000_000), false).len(), 2);
}

#[test]
fn names_that_are_not_ours_are_not_found() {
    let issuer = issuer(Status::Actual);
    let ledger = evening(PLACES[0], Standing::Official, None);
    let good = ledger.listed(&issuer, now(0), false)[0].identifier.clone();
    assert!(ledger.find(&issuer, &good, now(0)).is_some());
    assert!(ledger.find(&issuer, &good, now(-1)).is_none(), "not yet sent");
    let (stem, _) = good.rsplit_once('.').unwrap();
    for bad in [
        "",
        "urn:oid:2.49.0.1.804.7.",
        "2",
        &format!("{good}.0"),
        &format!("{stem}.-1"),
        &format!("{stem}.+0"),
        &format!("{stem}.9223372036854775807"),
        &format!("{stem}.99999999999999999999"),
        &good.replace("7.2.", "7.3."),
        &good.replace(".2.1", ".2.2"),
    ] {
        assert!(ledger.find(&issuer, bad, now(0)).is_none(), "{bad}");
    }
    assert!(
        ledger.find(&issuer, &format!("{stem}.1"), now(1_000)).is_none(),
        "a renewal that is told otherwise by then"
    );
}

#[test]
fn an_end_that_nobody_was_warned_of_is_not_told() {
    let mut ledger = Ledger::default();
    ledger.take(3, &ended(&alert(1, PLACES[0], Standing::Official, 0), 5, Outcome::Passed));
    assert_eq!(ledger.len(), 0);
}

#[test]
fn what_the_core_has_not_published_yet_is_not_the_last_word() {
    let ledger = evening(PLACES[0], Standing::Official, None);
    assert_eq!(ledger.taken(now(599)), None, "the change at 600 s is taken and not yet listed");
    assert_eq!(ledger.taken(now(600)), Some(2));
}
