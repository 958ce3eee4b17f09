//! Running one step of a revision.
