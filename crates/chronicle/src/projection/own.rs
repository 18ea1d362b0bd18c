//! Our own tables: figures, claims, remainders, alerts. Intervals stay intervals.

use super::{Cell, Holds, Kind, Table};
use crate::figures::Figures;
use crate::reconcile::Told;
use crate::{Hedge, Quantity};
use std::collections::BTreeSet;

fn number(quantity: Option<&Quantity>) -> [Cell; 5] {
    let Some(quantity) = quantity else { return [const { Cell::None }; 5] };
    [
        quantity.low.into(),
        quantity.high.into(),
        quantity.value.into(),
        quantity.hedge.map(Hedge::name).into(),
        Cell::Truth(quantity.exact),
    ]
}

/// From the first window's beginning to the last one's end.
fn hull(told: &[Told]) -> [Cell; 2] {
    let windows = || told.iter().filter_map(|it| it.scope.window);
    [windows().map(|it| it[0]).min().into(), windows().map(|it| it[1]).max().into()]
}

/// Different texts in the order of the claims, joined by " | "; empty when there are none.
pub(super) fn listed<'a>(texts: impl IntoIterator<Item = &'a str>) -> Cell {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let texts: Vec<&str> = texts.into_iter().filter(|it| seen.insert(it)).collect();
    if texts.is_empty() { Cell::None } else { Cell::Text(texts.join(" | ")) }
}

pub(super) fn figures(figures: &Figures) -> Table {
    let mut table = Table::new(
        Kind::Figures,
        &[
            ("kind", Holds::Text),
            ("object", Holds::Text),
            ("child", Holds::Truth),
            ("attacker", Holds::Text),
            ("area", Holds::Text),
            ("source", Holds::Text),
            ("low", Holds::Whole),
            ("high", Holds::Whole),
            ("value", Holds::Whole),
            ("hedge", Holds::Text),
            ("exact", Holds::Truth),
            ("from", Holds::Instant),
            ("to", Holds::Instant),
            ("clusters", Holds::Whole),
            ("acled_point", Holds::Whole),
            ("ucdp_low", Holds::Whole),
            ("ucdp_best", Holds::Whole),
            ("ucdp_high", Holds::Whole),
            ("claims", Holds::Text),
            ("words", Holds::Text),
            ("statements", Holds::Text),
        ],
    );
    for row in &figures.rows {
        for source in &row.sources {
            let mut cells = vec![
                row.kind.name().into(),
                row.object.as_str().into(),
                Cell::Truth(row.child),
                row.attacker.as_deref().into(),
                row.area.as_str().into(),
                source.source.as_str().into(),
            ];
            cells.extend(number(source.quantity.as_ref()));
            cells.extend(hull(&source.claims));
            cells.extend([
                Cell::Whole(row.clusters as u64),
                source.acled_point.into(),
                source.ucdp.map(|it| it.low).into(),
                source.ucdp.and_then(|it| it.best).into(),
                source.ucdp.and_then(|it| it.high).into(),
                listed(source.claims.iter().map(|it| it.id.as_str())),
                listed(source.claims.iter().map(|it| it.words.as_str())),
                listed(source.claims.iter().filter_map(|it| it.statement.as_deref())),
            ]);
            table.rows.push(cells);
        }
    }
    table
}

pub(super) fn claims(figures: &Figures) -> Table {
    let mut table = Table::new(
        Kind::Claims,
        &[
            ("id", Holds::Text),
            ("standing", Holds::Text),
            ("source", Holds::Text),
            ("cluster", Holds::Text),
            ("as_of", Holds::Instant),
            ("kind", Holds::Text),
            ("object", Holds::Text),
            ("child", Holds::Truth),
            ("attacker", Holds::Text),
            ("area", Holds::Text),
            ("from", Holds::Instant),
            ("to", Holds::Instant),
            ("low", Holds::Whole),
            ("high", Holds::Whole),
            ("value", Holds::Whole),
            ("hedge", Holds::Text),
            ("exact", Holds::Truth),
            ("part_of", Holds::Text),
            ("own", Holds::Truth),
            ("words", Holds::Text),
            ("statement", Holds::Text),
        ],
    );
    let standing = figures.rows.iter().flat_map(|row| &row.sources).flat_map(|source| &source.claims);
    let lists: [(&str, Vec<&Told>); 4] = [
        ("in_figures", standing.collect()),
        ("superseded", figures.superseded.iter().collect()),
        ("undated", figures.undated.iter().collect()),
        ("crossing", figures.crossing.iter().collect()),
    ];
    for (standing, told) in lists.into_iter().flat_map(|(name, told)| told.into_iter().map(move |it| (name, it))) {
        let scope = &told.scope;
        let mut cells = vec![
            told.id.as_str().into(),
            standing.into(),
            told.source.as_str().into(),
            told.cluster.as_deref().into(),
            told.as_of.into(),
            scope.kind.name().into(),
            scope.object.as_str().into(),
            Cell::Truth(scope.child),
            scope.attacker.as_deref().into(),
            scope.area.as_str().into(),
            scope.window.map(|it| it[0]).into(),
            scope.window.map(|it| it[1]).into(),
        ];
        cells.extend(number(Some(&told.quantity)));
        cells.extend([
            told.part_of.as_deref().into(),
            Cell::Truth(told.own),
            told.words.as_str().into(),
            told.statement.as_deref().into(),
        ]);
        table.rows.push(cells);
    }
    table
}

pub(super) fn remainders(figures: &Figures) -> Table {
    const ENDS: [(&str, &str, &str); 5] = [
        ("intercepted", "intercepted_low", "intercepted_high"),
        ("lost", "lost_low", "lost_high"),
        ("hit", "hit_low", "hit_high"),
        ("left", "left_low", "left_high"),
        ("airborne", "airborne_low", "airborne_high"),
    ];
    let mut columns = vec![
        ("source", Holds::Text),
        ("attacker", Holds::Text),
        ("object", Holds::Text),
        ("area", Holds::Text),
        ("from", Holds::Instant),
        ("to", Holds::Instant),
        ("launched_low", Holds::Whole),
        ("launched_high", Holds::Whole),
    ];
    columns.extend(ENDS.iter().flat_map(|(_, low, high)| [(*low, Holds::Whole), (*high, Holds::Whole)]));
    columns.extend([("unaccounted_low", Holds::Signed), ("unaccounted_high", Holds::Signed), ("claims", Holds::Text)]);
    let mut table = Table::new(Kind::Remainders, &columns);
    for it in &figures.identities {
        let mut cells = vec![
            it.source.as_str().into(),
            it.attacker.as_deref().into(),
            it.object.as_str().into(),
            it.area.as_str().into(),
            it.window.map(|it| it[0]).into(),
            it.window.map(|it| it[1]).into(),
            it.launched.low.into(),
            it.launched.high.into(),
        ];
        for (name, ..) in ENDS {
            let part = it.parts.get(name);
            cells.extend([part.map(|it| it.low).into(), part.and_then(|it| it.high).into()]);
        }
        cells.extend([
            it.unaccounted.low.into(),
            it.unaccounted.high.into(),
            listed(it.claims.iter().map(String::as_str)),
        ]);
        table.rows.push(cells);
    }
    table
}

pub(super) fn alerts(figures: &Figures) -> Table {
    let columns = [("area", Holds::Text), ("alerts", Holds::Whole), ("minutes", Holds::Whole)];
    let mut table = Table::new(Kind::Alerts, &columns);
    for (area, it) in &figures.alerts {
        table.rows.push(vec![area.as_str().into(), Cell::Whole(it.alerts.into()), it.minutes.into()]);
    }
    table
}
