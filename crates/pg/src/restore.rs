//! Restoring a snapshot file into a shadow database.
