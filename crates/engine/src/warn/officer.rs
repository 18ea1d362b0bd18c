//! Alerts that an officer of this centre raises (authority mode).

use crate::alerts::{Alerts, all_kinds};
use crate::out::Out;
use model::{Alert, AlertLevel, AlertType, Because, Code, Holder, Reason, SourceId, Standing, ThreatKind};
use std::collections::BTreeMap;

/// What the officer ordered.
pub(crate) struct Raise<'a> {
    pub(crate) community: Code,
    pub(crate) alert_type: AlertType,
    pub(crate) level: AlertLevel,
    pub(crate) kinds: &'a [ThreatKind],
    pub(crate) words: &'a str,
}

/// The holder that stands for an officer's word.
pub(crate) fn officer_holder(officer: &str) -> SourceId {
    SourceId::new(&format!("officer:{officer}"))
}

/// Raises an alert, or joins the one that stands: it then needs the officer's word to end.
pub(crate) fn raise_by_officer(officer: &str, order: &Raise<'_>, alerts: &mut Alerts, out: &mut Out<'_>) {
    let kinds = all_kinds(order.kinds);
    let holder = Holder { since: out.now, level: Some(order.level), kinds: kinds.clone(), event: out.event };
    let name = officer_holder(officer);
    let standing = alerts.at((Standing::Authority, order.community, order.alert_type)).map(|alert| alert.id);
    if let Some(id) = standing {
        alerts.update(id, [], ordered(officer, "raise", order.words), out, |alert| {
            alert.level = alert.level.max(order.level);
            alert.kinds = all_kinds(alert.kinds.iter().chain(&kinds));
            alert.holders.insert(name, holder);
        });
        return;
    }
    let alert = Alert {
        id: alerts.number(out.event, 0),
        standing: Standing::Authority,
        community: order.community,
        alert_type: order.alert_type,
        level: order.level,
        kinds,
        started_at: out.now,
        updated_at: out.now,
        ended_at: None,
        holders: BTreeMap::from([(name, holder)]),
        arrival: None,
    };
    alerts.raise(alert, [], ordered(officer, "raise", order.words), out);
}

/// The reason of everything an officer orders.
pub(crate) fn ordered(officer: &str, order: &str, words: &str) -> Reason {
    let because = Because::Ordered {
        order: order.to_owned(),
        officer: officer.to_owned(),
        second: None,
        words: words.to_owned(),
        outcome: None,
    };
    Reason { rule: "officer".to_owned(), because }
}
