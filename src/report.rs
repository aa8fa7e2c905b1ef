//! Results for scripts and readers, as text and JSON.
