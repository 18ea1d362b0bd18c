//! Reports and whole pictures cut into parts that each fit one entry of the record. Nothing of them is lost.

use model::{AreaSet, Code, Report, ReportId, UpstreamAlert, UpstreamSnapshot};

/// Largest event body kept whole, in bytes of JSON; below the record's 65,535 with room for its frame.
const BODY_BYTES_MAX: usize = 60_000;

fn json_bytes<T: serde::Serialize>(body: &T) -> usize {
    serde_json::to_vec(body).map_or(usize::MAX, |bytes| bytes.len())
}

/// Cuts a report into parts that each fit one entry. The first keeps the words; the others carry `#2`, `#3` behind its id.
pub(super) fn fit(report: Report) -> Vec<Report> {
    if json_bytes(&report) <= BODY_BYTES_MAX {
        return vec![report];
    }
    let head = Report { items: Vec::new(), refused: Vec::new(), ..report.clone() };
    let tail = Report { text: None, ..head.clone() };
    let mut parts = vec![head];
    let mut place = |add: &dyn Fn(&mut Report)| {
        let mut grown = parts.last().unwrap_or(&tail).clone();
        add(&mut grown);
        if json_bytes(&grown) <= BODY_BYTES_MAX {
            if let Some(last) = parts.last_mut() {
                *last = grown;
            }
            return;
        }
        let mut next = Report { id: ReportId::new(&format!("{}#{}", tail.id, parts.len() + 1)), ..tail.clone() };
        add(&mut next);
        parts.push(next);
    };
    for item in report.items {
        place(&|part| part.items.push(item.clone()));
    }
    for refusal in report.refused {
        place(&|part| part.refused.push(refusal.clone()));
    }
    parts
}

/// Cuts a picture too large for one entry into parts by region.
pub(super) fn cut(areas: &AreaSet, snapshot: UpstreamSnapshot) -> Vec<UpstreamSnapshot> {
    if json_bytes(&snapshot) <= BODY_BYTES_MAX {
        return vec![snapshot];
    }
    let regions = if snapshot.regions.is_empty() {
        areas.at_level(model::Level::Oblast).map(|area| area.code).collect()
    } else {
        snapshot.regions.clone()
    };
    let mut parts: Vec<UpstreamSnapshot> = Vec::new();
    for region in regions {
        let inside = |code: &Code| areas.covers(region, *code);
        // An alert for more than the region is an alert for the region.
        let above = |code: Code| code != region && areas.covers(code, region);
        let alerts: Vec<_> = snapshot
            .alerts
            .iter()
            .filter(|a| inside(&a.community) || above(a.community))
            .map(|a| UpstreamAlert { community: if above(a.community) { region } else { a.community }, ..a.clone() })
            .collect();
        let doubtful: Vec<_> = snapshot.doubtful.iter().filter(|c| inside(c)).copied().collect();
        // Doubt about anywhere is doubt about every part.
        let doubted = snapshot.doubtful.is_empty() || !doubtful.is_empty();
        let refused = if doubted { snapshot.refused.clone() } else { Vec::new() };
        let part = UpstreamSnapshot { regions: vec![region], alerts, doubtful, refused, ..snapshot.clone() };
        match parts.last_mut() {
            Some(last) if json_bytes(last) + json_bytes(&part) <= BODY_BYTES_MAX => {
                last.regions.push(region);
                last.alerts.extend(part.alerts);
                last.doubtful.extend(part.doubtful);
            }
            _ => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Count, Item, SourceId, Status, ThreatItem, Timestamp};

    #[test]
    fn a_report_too_large_for_one_entry_is_cut_without_losing_an_item() {
        let item = Item::Threat(ThreatItem {
            count: Count { low: 1, high: None, word: Some("w".repeat(600)) },
            ..ThreatItem::of(model::ThreatKind::Uav, model::Act::Threat)
        });
        let report = Report {
            id: ReportId::new("r"),
            source: SourceId::new("s"),
            status: Status::Actual,
            observed_at: Timestamp::from_millis(1),
            received_at: Timestamp::from_millis(1),
            text: Some("t".repeat(16_000)),
            items: vec![item; 200],
            refused: Vec::new(),
        };
        let parts = fit(report);
        assert!(parts.len() > 1);
        assert_eq!(parts.iter().map(|p| p.items.len()).sum::<usize>(), 200);
        assert!(parts.iter().all(|p| json_bytes(p) <= BODY_BYTES_MAX));
        assert_eq!(parts[1].id.as_str(), "r#2");
    }
}
