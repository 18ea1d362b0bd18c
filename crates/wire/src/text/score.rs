//! A reading in the form that annotated sets are scored in.

use super::Reading;
use model::{Act, AreaSet, CompassPoint, Count, Item, Origin, PlaceRef, ThreatItem};
use serde_json::{Value, json};

/// The `parsed` array: threat items only, names as a gazetteer writes them, counts only where a plain number was said.
pub fn to_score(reading: &Reading, areas: &AreaSet) -> Value {
    let items = reading.items.iter().filter_map(|item| match item {
        Item::Threat(threat) => Some(scored(threat, areas)),
        _ => None,
    });
    Value::Array(items.collect())
}

fn scored(item: &ThreatItem, areas: &AreaSet) -> Value {
    let mut row = json!({
        "kind": item.kind,
        "act": item.act,
        "count": plain(&item.count),
        "place": item.place.as_ref().map(name),
        "origin": item.origin.iter().map(origin).collect::<Vec<_>>(),
        "direction": match item.directions_deg.as_slice() {
            [] => Value::Null,
            [one] => json!(one),
            several => json!(several),
        },
        "target": item.targets.iter().map(name).collect::<Vec<_>>(),
    });
    let mut put = |key: &str, value: Value| {
        if let Some(row) = row.as_object_mut() {
            row.insert(key.to_owned(), value);
        }
    };
    if let Some(word) = item.count.word.as_deref().filter(|_| item.act != Act::Threat) {
        put("count_note", json!(word));
    }
    if let Some(region) = item.region.and_then(|code| areas.get(code)) {
        put("region", json!(super::grammar::place::full_name(region)));
    }
    if let Some(part) = item.place_part {
        put("place_part", json!(part));
    }
    if let Some(side) = item.place_side {
        put("place_rel", json!(format!("{} of", letters(side))));
    }
    if item.via {
        put("place_role", json!("via"));
    }
    if item.course_variable {
        put("course", json!("variable"));
    }
    if item.trace.iter().any(|t| t.field == "shelter") {
        put("shelter", json!(true));
    }
    row
}

fn plain(count: &Count) -> Option<u16> {
    (count.word.is_none() && count.high == Some(count.low)).then_some(count.low)
}

/// Annotations call Crimea by its short name.
fn name(place: &PlaceRef) -> String {
    if place.name == "Автономна Республіка Крим" {
        "Крим".to_owned()
    } else {
        place.name.clone()
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Place(place) => name(place),
        Origin::Compass(point) => letters(*point),
        Origin::Beyond(name) => name.clone(),
    }
}

fn letters(point: CompassPoint) -> String {
    format!("{point:?}").to_uppercase()
}
