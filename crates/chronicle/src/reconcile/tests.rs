//! Claims set beside each other: the rules one by one.

use super::*;
use crate::{Hedge, Quantity};
use model::Timestamp;
use proptest::prelude::*;

fn at(hour: u32) -> Timestamp {
    Timestamp::parse(&format!("2025-03-20T{hour:02}:00:00Z")).unwrap()
}

fn told(id: &str, source: &str, kind: Kind, object: &str, quantity: Quantity) -> Told {
    Told {
        id: id.to_owned(),
        source: source.to_owned(),
        cluster: None,
        as_of: Some(at(8)),
        scope: Scope {
            attacker: Some("RU".to_owned()),
            kind,
            object: object.to_owned(),
            child: false,
            area: "UA".to_owned(),
            window: Some([at(0), at(6)]),
        },
        quantity,
        part_of: None,
        own: false,
        words: String::new(),
        statement: None,
    }
}

fn launched(source: &str, quantity: Quantity) -> Told {
    told(source, source, Kind::Launched, "drone_any", quantity)
}

fn check(a: &Told, b: &Told, expected: Verdict) {
    assert_eq!(compare(a, b), expected, "{a:?}\n{b:?}");
    assert_eq!(compare(b, a), expected, "the order does not matter");
}

#[test]
fn claims_of_one_scope_agree_may_both_be_true_or_conflict() {
    let a = launched("a", Quantity::plain(171));
    check(&a, &launched("b", Quantity::plain(171)), Verdict::Agree);
    check(&a, &launched("b", Quantity::hedged(170, Hedge::MoreThan)), Verdict::Compatible);
    check(&a, &launched("b", Quantity::plain(170)), Verdict::Conflict);
    let mut later = launched("a", Quantity::plain(172));
    later.as_of = Some(at(9));
    check(&a, &later, Verdict::Superseded);
    check(&launched("b", Quantity::plain(171)), &later, Verdict::Conflict);
}

#[test]
fn a_narrower_scope_bounds_the_wider_one_from_below() {
    let a = launched("a", Quantity::plain(171));
    let shaheds = |n| told("s", "b", Kind::Launched, "shahed", Quantity::plain(n));
    check(&a, &shaheds(100), Verdict::Compatible);
    check(&a, &shaheds(172), Verdict::Conflict);
    let mut here = launched("b", Quantity::plain(21));
    here.scope.area = "UA/Kirovohrad".to_owned();
    check(&a, &here, Verdict::Compatible);
    // Narrower in place and wider in class: neither bounds the other.
    here.scope.object = "drone_any".to_owned();
    let mut crossed = shaheds(10);
    crossed.scope.area = "UA".to_owned();
    check(&here, &crossed, Verdict::Incomparable(Apart::Crossed));
}

#[test]
fn what_does_not_nest_is_not_compared_and_says_why() {
    let a = launched("a", Quantity::plain(171));
    let with = |change: fn(&mut Told)| {
        let mut b = launched("b", Quantity::plain(10));
        change(&mut b);
        b
    };
    check(&a, &with(|it| it.scope.attacker = Some("UA".to_owned())), Verdict::Incomparable(Apart::Attacker));
    check(&a, &with(|it| it.scope.attacker = None), Verdict::Incomparable(Apart::Attacker));
    check(&a, &with(|it| it.scope.kind = Kind::Lost), Verdict::Incomparable(Apart::Kind));
    check(&a, &with(|it| it.scope.object = "missile_any".to_owned()), Verdict::Incomparable(Apart::Object));
    check(&a, &with(|it| it.scope.area = "RU".to_owned()), Verdict::Incomparable(Apart::Area));
    check(&a, &with(|it| it.scope.window = Some([at(3), at(9)])), Verdict::Incomparable(Apart::Window));
    check(&a, &with(|it| it.scope.window = None), Verdict::Incomparable(Apart::WindowUnknown));
}

#[test]
fn our_own_observation_contradicts_a_total_and_never_confirms_one() {
    let official = launched("a", Quantity::plain(171));
    let own = |n| Told { own: true, ..launched("sensors", Quantity::plain(n)) };
    check(&official, &own(171), Verdict::Compatible);
    check(&official, &own(20), Verdict::Compatible);
    check(&official, &own(172), Verdict::Conflict);
    check(&own(10), &own(30), Verdict::Compatible);
}

#[test]
fn harm_counted_earlier_is_a_least_of_harm_counted_later() {
    let hurt = |source: &str, n, hour| Told {
        as_of: Some(at(hour)),
        ..told(source, source, Kind::Wounded, "person", Quantity::plain(n))
    };
    check(&hurt("region", 8, 3), &hurt("police", 10, 5), Verdict::Compatible);
    check(&hurt("region", 12, 3), &hurt("police", 10, 5), Verdict::Conflict);
    check(&hurt("region", 8, 5), &hurt("police", 10, 5), Verdict::Conflict);
    let mut child = hurt("region", 1, 3);
    child.scope.child = true;
    check(&child, &hurt("police", 10, 5), Verdict::Compatible);
}

#[test]
fn the_remainder_is_worked_out_and_is_not_a_hit() {
    let launched = launched("af", Quantity::plain(171));
    let down = told("d", "af", Kind::Intercepted, "strike_drone", Quantity::plain(75));
    let lost = told("l", "af", Kind::Lost, "decoy", Quantity::plain(63));
    let found = identities(&[&launched, &down, &lost]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].unaccounted.to_string(), "33");
    assert!(!found[0].parts.contains_key("hit"));
    // "Approximately 10" among exact figures: the remainder says what it does not know.
    let near = told("l", "af", Kind::Lost, "decoy", Quantity::hedged(95, Hedge::Around));
    assert_eq!(identities(&[&launched, &down, &near])[0].unaccounted.to_string(), "-8…10");
}

#[test]
fn no_part_is_taken_twice_and_nothing_of_another_side() {
    let whole = launched("af", Quantity::plain(100));
    let shaheds =
        Told { part_of: Some("af".to_owned()), ..told("s", "af", Kind::Launched, "shahed", Quantity::plain(60)) };
    let down = told("d", "af", Kind::Intercepted, "drone_any", Quantity::plain(70));
    let of_them = told("e", "af", Kind::Intercepted, "shahed", Quantity::plain(50));
    let other = Told {
        scope: Scope { attacker: Some("UA".to_owned()), ..down.scope.clone() },
        ..told("o", "af", Kind::Intercepted, "drone_any", Quantity::plain(39))
    };
    let found = identities(&[&whole, &shaheds, &down, &of_them, &other]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].parts["intercepted"].to_string(), "70");
    assert_eq!(found[0].unaccounted.to_string(), "30");
}

#[test]
fn three_outlets_that_quote_one_post_are_one_origin() {
    let quoting =
        |source: &str| Told { cluster: Some("air force".to_owned()), ..launched(source, Quantity::plain(171)) };
    let own = launched("regional head", Quantity::plain(21));
    let all = [quoting("one"), quoting("two"), quoting("three"), own];
    assert_eq!(clusters(&all).len(), 2);
}

fn any_told() -> impl Strategy<Value = Told> {
    let object = prop::sample::select(vec!["drone_any", "strike_drone", "shahed", "decoy", "missile_any"]);
    let kind = prop::sample::select(Kind::ALL.to_vec());
    let area = prop::sample::select(vec!["UA", "UA/Sumy", "RU"]);
    (object, kind, area, 0..50_u64, 0..4_u32, any::<bool>(), any::<bool>(), 0..3_u32).prop_map(
        |(object, kind, area, n, hour, child, own, source)| {
            let mut it = told("x", &format!("s{source}"), kind, object, Quantity::plain(n));
            it.scope.area = area.to_owned();
            it.scope.child = child;
            it.scope.window = Some([at(hour), at(hour + 4)]);
            it.as_of = Some(at(8 + hour));
            it.own = own;
            it
        },
    )
}

proptest! {
    #[test]
    fn a_verdict_is_mutual(a in any_told(), b in any_told()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
    }

    #[test]
    fn parts_and_remainder_make_the_whole(told in prop::collection::vec(any_told(), 0..12)) {
        for identity in identities(&told.iter().collect::<Vec<_>>()) {
            let parts: u64 = identity.parts.values().map(|it| it.low).sum();
            let whole = i64::try_from(identity.launched.low).unwrap();
            prop_assert_eq!(identity.unaccounted.high, Some(whole - i64::try_from(parts).unwrap()));
        }
    }
}
