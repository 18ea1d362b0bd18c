//! The closed lists of CAP section 3.2: each value with the spelling of the standard.

/// A closed list of values: the Rust names, the standard's spelling, and back.
macro_rules! values {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $value),+ }

        impl $name {
            /// Every value, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The standard's spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $text),+ }
            }
        }

        impl Value for $name {
            fn read(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$value),)+ _ => None }
            }
            fn spellings() -> String {
                [$($text),+].join(", ")
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
    };
}

/// A value of a closed list.
pub(crate) trait Value: Sized {
    /// Reads the standard's exact spelling.
    fn read(text: &str) -> Option<Self>;
    /// All spellings, for messages.
    fn spellings() -> String;
}

values! {
    /// `status`: how the message is to be handled.
    Status {
        /// To be acted on by all.
        Actual = "Actual",
        /// To be acted on by those who take part in the exercise.
        Exercise = "Exercise",
        /// For the working of the alert network.
        System = "System",
        /// A technical test, not to be acted on.
        Test = "Test",
        /// Not to be acted on in this form.
        Draft = "Draft",
    }
}
values! {
    /// `msgType`: what the message is.
    MsgType {
        /// First information.
        Alert = "Alert",
        /// Replaces earlier messages.
        Update = "Update",
        /// Takes earlier messages back.
        Cancel = "Cancel",
        /// Acknowledges.
        Ack = "Ack",
        /// Rejects.
        Error = "Error",
    }
}
values! {
    /// `scope`: for whom.
    Scope {
        /// For everybody.
        Public = "Public",
        /// For those whom `restriction` names.
        Restricted = "Restricted",
        /// For `addresses` alone.
        Private = "Private",
    }
}
values! {
    /// `category`: of what.
    Category {
        /// Earth.
        Geo = "Geo",
        /// Weather.
        Met = "Met",
        /// Public safety.
        Safety = "Safety",
        /// Law enforcement, military, homeland security.
        Security = "Security",
        /// Rescue.
        Rescue = "Rescue",
        /// Fire.
        Fire = "Fire",
        /// Health.
        Health = "Health",
        /// Environment.
        Env = "Env",
        /// Transport.
        Transport = "Transport",
        /// Infrastructure.
        Infra = "Infra",
        /// Chemical, biological, radiological, nuclear, explosive.
        Cbrne = "CBRNE",
        /// Anything else.
        Other = "Other",
    }
}
values! {
    /// `responseType`: what to do.
    ResponseType {
        /// Take shelter.
        Shelter = "Shelter",
        /// Leave.
        Evacuate = "Evacuate",
        /// Make ready.
        Prepare = "Prepare",
        /// Carry out what was planned.
        Execute = "Execute",
        /// Keep away.
        Avoid = "Avoid",
        /// Watch.
        Monitor = "Monitor",
        /// Weigh it.
        Assess = "Assess",
        /// The danger is over.
        AllClear = "AllClear",
        /// Nothing.
        None = "None",
    }
}
values! {
    /// `urgency`: when to act.
    Urgency {
        /// At once.
        Immediate = "Immediate",
        /// Within the hour.
        Expected = "Expected",
        /// In the near future.
        Future = "Future",
        /// No longer.
        Past = "Past",
        /// Not known.
        Unknown = "Unknown",
    }
}
values! {
    /// `severity`: how grave.
    Severity {
        /// Extraordinary threat.
        Extreme = "Extreme",
        /// Significant threat.
        Severe = "Severe",
        /// Possible threat.
        Moderate = "Moderate",
        /// Little threat.
        Minor = "Minor",
        /// Not known.
        Unknown = "Unknown",
    }
}
values! {
    /// `certainty`: how sure.
    Certainty {
        /// Seen, or going on.
        Observed = "Observed",
        /// More than one half.
        Likely = "Likely",
        /// Up to one half.
        Possible = "Possible",
        /// About nothing.
        Unlikely = "Unlikely",
        /// Not known.
        Unknown = "Unknown",
    }
}
