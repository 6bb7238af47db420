//! Placeholder until its first subject lands.
