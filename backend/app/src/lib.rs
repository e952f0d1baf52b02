//! The register: web pages, JSON API, command line and background tasks over PostgreSQL.
