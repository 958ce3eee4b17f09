//! Proof that rows survived a migration.
