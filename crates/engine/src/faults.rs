//! The impossible: loud in tests and simulation, survivable in service.
//!
//! What comes in: a state that the code's own reasoning excludes. What goes out: a panic in an engine made
//! with [`crate::Engine::loud`]; otherwise one fault note, the one offending thing dropped, and every standing alert still standing.

/// Reports an impossible state to a [`crate::out::Out`]; the caller then drops the one thing and goes on.
macro_rules! never {
    ($out:expr, $($words:tt)+) => {{
        let words = format!($($words)+);
        assert!(!($out.loud || cfg!(test)), "impossible: {words}");
        $out.note(model::NoteKind::Fault, None, None, None, format!("{words}; dropped it, standing alerts stand"));
    }};
}
pub(crate) use never;
