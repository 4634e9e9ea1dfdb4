//! A private PostgreSQL cluster for tests.
