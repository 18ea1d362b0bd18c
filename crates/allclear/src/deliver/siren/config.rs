//! The tables `[sirens]` and `[[siren]]` of the configuration: which devices sound where, and by way of which broker.
//!
//! What comes in: the tables as written. What goes out: the same, checked. Every key: docs/reference/config.md.

use crate::deliver::mqtt::config::BridgeConfig;
use model::{AlertLevel, AreaSet, Code};
use serde::Deserialize;
use siren::{DeviceId, PublicKey};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Most devices of one server.
const DEVICES_MAX: usize = 2048;
const RUN_S: RangeInclusive<u16> = 1..=3600;
const VALID_S: RangeInclusive<u32> = 10..=3600;
const UNREACHABLE_S: RangeInclusive<u32> = 3..=600;

/// `[sirens]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SirensTable {
    /// Name of the `[[mqtt]]` table whose broker the devices are at.
    pub mqtt: Option<String>,
    /// For how long they sound, seconds.
    pub run_s: u16,
    /// How long after its decision a command may still act, seconds.
    pub valid_s: u32,
    /// Silence after which a device is unreachable, seconds.
    pub unreachable_after_s: u32,
    /// The least level that they sound for.
    pub level: AlertLevel,
}

impl Default for SirensTable {
    fn default() -> Self {
        Self { mqtt: None, run_s: 180, valid_s: 600, unreachable_after_s: 30, level: AlertLevel::Yellow }
    }
}

/// `[[siren]]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SirenTable {
    /// Its name, on its topics too.
    pub id: String,
    /// The smallest community that hears it.
    pub community: Code,
    /// Its public key.
    pub key: String,
}

/// A device, checked.
#[derive(Debug, Clone, Copy)]
pub struct SirenConfig {
    /// Its name.
    pub id: DeviceId,
    /// Who hears it.
    pub community: Code,
    /// What it signs with.
    pub key: PublicKey,
}

/// The sirens of this server.
#[derive(Debug, Clone)]
pub struct SirensConfig {
    /// The broker they are at.
    pub broker: BridgeConfig,
    /// `[sirens]`
    pub terms: SirensTable,
    /// By name.
    pub devices: Vec<SirenConfig>,
}

impl SirensConfig {
    /// Checks the tables against the bridges; `None` without any device. The text fits after "failed to accept the configuration:".
    pub fn checked(
        terms: SirensTable,
        tables: &[SirenTable],
        bridges: &[BridgeConfig],
    ) -> Result<Option<Self>, String> {
        let bounds = [
            ("run_s", u32::from(terms.run_s), u32::from(*RUN_S.start()), u32::from(*RUN_S.end())),
            ("valid_s", terms.valid_s, *VALID_S.start(), *VALID_S.end()),
            ("unreachable_after_s", terms.unreachable_after_s, *UNREACHABLE_S.start(), *UNREACHABLE_S.end()),
        ];
        if let Some((key, value, low, high)) =
            bounds.iter().find(|(_, value, low, high)| !(low..=high).contains(&value))
        {
            return Err(format!("[sirens] {key} = {value}: expected {low} to {high}"));
        }
        if tables.is_empty() && terms.mqtt.is_none() {
            return Ok(None);
        }
        let Some(name) = &terms.mqtt else {
            return Err(
                "[[siren]] without [sirens] mqtt: name the [[mqtt]] table whose broker the devices are at".into()
            );
        };
        let broker = bridges.iter().find(|bridge| bridge.name == *name).cloned();
        let broker = broker.ok_or_else(|| format!("[sirens] mqtt = {name:?}: no [[mqtt]] table has this name"))?;
        if tables.len() > DEVICES_MAX {
            return Err(format!("{} sirens: at most {DEVICES_MAX}", tables.len()));
        }
        let (mut devices, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for SirenTable { id: name, community, key } in tables {
            let refused = |why: &dyn std::fmt::Display| format!("siren {name:?}: {why}");
            let id = DeviceId::new(name).map_err(|error| refused(&error))?;
            let key = PublicKey::parse(key).map_err(|error| refused(&error))?;
            if let Some(other) = keys.insert(key.bytes(), id) {
                return Err(refused(&format!("its key is that of {other} too: whose answer it is could not be told")));
            }
            if devices.insert(id, SirenConfig { id, community: *community, key }).is_some() {
                return Err(refused(&"each id may stand once"));
            }
        }
        Ok(Some(Self { broker, terms, devices: devices.into_values().collect() }))
    }

    /// Refuses communities that do not exist.
    pub fn check_areas(&self, areas: &AreaSet) -> Result<(), String> {
        match self.devices.iter().find(|device| areas.get(device.community).is_none()) {
            Some(device) => Err(format!(
                "community {} of siren {}: not in the area set; `allclear areas list` shows the codes",
                device.community, device.id
            )),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siren::SecretKey;

    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        sirens: SirensTable,
        #[serde(default)]
        siren: Vec<SirenTable>,
        mqtt: Vec<BridgeConfig>,
    }

    fn check(sirens: &str, devices: &[(&str, u8)], expected: Result<usize, &str>) {
        let mut text = format!("[[mqtt]]\nname = \"home\"\nbroker = \"b\"\n[sirens]\n{sirens}\n");
        for (id, seed) in devices {
            let key = SecretKey::from_seed(&[*seed; 32]).public().to_text();
            let lines = [
                "[[siren]]",
                &format!("id = \"{id}\""),
                "community = \"UA59000000000057109\"",
                &format!("key = \"{key}\""),
            ];
            text += &(lines.join("\n") + "\n");
        }
        let file: File = toml::from_str(&text).unwrap();
        let found = SirensConfig::checked(file.sirens, &file.siren, &file.mqtt);
        match (&found, expected) {
            (Ok(found), Ok(count)) => assert_eq!(found.as_ref().map_or(0, |it| it.devices.len()), count, "{text}"),
            (Err(why), Err(part)) => assert!(why.contains(part), "{text}: {why}"),
            _ => panic!("{text}: {found:?}"),
        }
    }

    #[test]
    fn sirens_are_checked_before_anything_starts() {
        check("", &[], Ok(0));
        check("mqtt = \"home\"", &[("a-1", 1), ("a-2", 2)], Ok(2));
        check("", &[("a-1", 1)], Err("without [sirens] mqtt"));
        check("mqtt = \"away\"", &[("a-1", 1)], Err("no [[mqtt]] table"));
        check("mqtt = \"home\"", &[("a-1", 1), ("a-1", 2)], Err("once"));
        check("mqtt = \"home\"", &[("a-1", 1), ("a-2", 1)], Err("key is that of a-1"));
        check("mqtt = \"home\"", &[("A 1", 1)], Err("1 to 32"));
        check("run_s = 0", &[], Err("run_s = 0"));
        check("valid_s = 9", &[], Err("10 to 3600"));
        check("unreachable_after_s = 1", &[], Err("unreachable_after_s"));
    }
}
