//! The table `[push]` of the configuration. Every key: docs/reference/config.md.

use serde::Deserialize;

/// Most subscriptions that can be asked for.
const SUBSCRIPTIONS_MAX: usize = 200_000;
/// Longest list of services.
const SERVICES_MAX: usize = 64;

/// `[push]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushTable {
    /// Whether anyone may subscribe.
    pub enabled: bool,
    /// Whom a push service may write to about what this server sends: `mailto:…` or `https://…`.
    pub contact: Option<String>,
    /// Whether endpoints may be loopback and private addresses, and plain http.
    pub private: bool,
    /// Subscriptions at most.
    pub subscriptions_max: usize,
    /// Subscriptions at most at one host that is not one of `services`.
    pub per_host_max: usize,
    /// Hosts of known push services, each with all names below it.
    pub services: Vec<String>,
}

impl Default for PushTable {
    fn default() -> Self {
        let services = ["fcm.googleapis.com", "push.services.mozilla.com", "web.push.apple.com", "notify.windows.com"];
        Self {
            enabled: true,
            contact: None,
            private: false,
            subscriptions_max: 20_000,
            per_host_max: 200,
            services: services.map(str::to_owned).to_vec(),
        }
    }
}

impl PushTable {
    /// Refuses values that could not work. The text fits after "failed to accept the configuration:".
    pub fn check(&self) -> Result<(), String> {
        let contact_fits = |contact: &String| {
            contact.len() <= 256
                && (contact.starts_with("mailto:") || contact.starts_with("https://"))
                && contact.chars().all(|c| c.is_ascii_graphic())
        };
        if self.contact.as_ref().is_some_and(|contact| !contact_fits(contact)) {
            return Err("[push] contact: expected \"mailto:…\" or \"https://…\", at most 256 bytes".into());
        }
        if self.subscriptions_max > SUBSCRIPTIONS_MAX {
            return Err(format!("[push] subscriptions_max: at most {SUBSCRIPTIONS_MAX}"));
        }
        let host = |name: &String| {
            (1..=253).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
        };
        if self.services.len() > SERVICES_MAX || !self.services.iter().all(host) {
            return Err(format!(
                "[push] services: expected at most {SERVICES_MAX} host names in small letters, such as \"push.example.org\""
            ));
        }
        Ok(())
    }

    /// Whether the host is a known push service.
    pub fn knows(&self, host: &str) -> bool {
        let below = |service: &String| host.strip_suffix(service.as_str()).is_some_and(|rest| rest.ends_with('.'));
        self.services.iter().any(|service| host == service || below(service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_known_by_its_name_and_what_lies_below_it() {
        let table = PushTable::default();
        for (host, known) in [
            ("fcm.googleapis.com", true),
            ("updates.push.services.mozilla.com", true),
            ("wns2-by3p.notify.windows.com", true),
            ("googleapis.com", false),
            ("evilfcm.googleapis.com", false),
            ("fcm.googleapis.com.evil.example", false),
        ] {
            assert_eq!(table.knows(host), known, "{host}");
        }
    }

    #[test]
    fn a_table_that_could_not_work_is_refused() {
        let check = |text: &str| toml::from_str::<PushTable>(text).map_err(|e| e.to_string())?.check();
        assert!(check("").is_ok());
        assert!(check("contact = \"mailto:duty@example.org\"").is_ok());
        assert!(check("contact = \"duty@example.org\"").is_err());
        assert!(check("services = [\"https://push.example.org\"]").is_err());
        assert!(check("subscriptions_max = 1000000").is_err());
        assert!(check("nonsense = 1").is_err());
    }
}
