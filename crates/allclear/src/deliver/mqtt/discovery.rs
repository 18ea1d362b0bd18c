//! Home Assistant's MQTT discovery: one binary sensor a community, which appears there by itself.
//!
//! `on` is an alert, `off` an explicit all-clear, and *unknown* is Home Assistant's own unknown: neither on nor off. While the bridge
//! or the core is gone the entity is unavailable.

use super::states::{ONLINE, UNKNOWN};
use crate::publish;
use model::{Area, AreaSet, Status};
use serde_json::json;

/// Turns our three words into Home Assistant's. `None` is its word for unknown.
const TEMPLATE: &str =
    "{% if value_json.state == 'active' %}ON{% elif value_json.state == 'clear' %}OFF{% else %}None{% endif %}";

/// The topic and the content that make the entity of a community appear. `state_topic` is where its state stands,
/// `status_topic` where the bridge says that it lives.
pub fn entity(
    areas: &AreaSet,
    area: &Area,
    status: Status,
    beginning: &str,
    state_topic: &str,
    status_topic: &str,
) -> (String, String) {
    let (name_uk, _) = publish::names(areas, area);
    let exercise = status == Status::Exercise;
    let world = publish::status_word(status);
    let name = if exercise { format!("НАВЧАННЯ: {name_uk}") } else { name_uk };
    let id = format!("allclear_{world}_{}", area.code);
    let device = if exercise { "AllClear (EXERCISE)" } else { "AllClear" };
    let content = json!({
        "name": name,
        "unique_id": id,
        "default_entity_id": format!("binary_sensor.{}", id.to_lowercase()),
        "device_class": "safety",
        "state_topic": state_topic,
        "value_template": TEMPLATE,
        "json_attributes_topic": state_topic,
        "availability_topic": status_topic,
        "payload_available": ONLINE,
        "payload_not_available": UNKNOWN,
        "qos": 1,
        "device": {
            "identifiers": [format!("allclear_{world}")],
            "name": device,
            "sw_version": env!("CARGO_PKG_VERSION"),
        },
        "origin": {"name": "AllClear", "sw_version": env!("CARGO_PKG_VERSION")},
    });
    (format!("{beginning}/binary_sensor/{id}/config"), content.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_names_its_topics_and_an_exercise_shows_that_it_is_one() {
        let areas = AreaSet::bundled();
        let area = areas.get("UA59000000000057109".parse().unwrap()).unwrap();
        let of = |status| {
            let (topic, content) = entity(areas, area, status, "homeassistant", "t/state", "t/status");
            (topic, serde_json::from_str::<serde_json::Value>(&content).unwrap())
        };
        let (topic, real) = of(Status::Actual);
        assert_eq!(topic, "homeassistant/binary_sensor/allclear_actual_UA59000000000057109/config");
        assert_eq!((&real["name"], &real["state_topic"]), (&"Сумська область".into(), &"t/state".into()));
        assert_eq!(
            (&real["availability_topic"], &real["payload_not_available"]),
            (&"t/status".into(), &"unknown".into())
        );
        let (topic, exercise) = of(Status::Exercise);
        assert_eq!(topic, "homeassistant/binary_sensor/allclear_exercise_UA59000000000057109/config");
        assert_ne!(real["unique_id"], exercise["unique_id"]);
        assert_ne!(real["device"]["identifiers"], exercise["device"]["identifiers"]);
        assert_eq!(exercise["name"], "НАВЧАННЯ: Сумська область");
    }
}
