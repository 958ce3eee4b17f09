//! The shadow PostgreSQL: finding, fetching, starting and stopping servers.
