//! The words of rights. What they mean together (roles × kinds × actions) stands in the `access` crate.

use crate::AssetKind;
use crate::words::words;

words! {
    /// How delicate data is. Ordered: each level includes those before it.
    Sensitivity, "sensitivity" {
        /// Anyone may know.
        Public = "public",
        /// For people of the organisation.
        Internal = "internal",
        /// For those who need it.
        Confidential = "confidential",
        /// For those named one by one.
        Secret = "secret",
    }
}

words! {
    /// What a grant gives. Built in; see `access::table`.
    Role, "role" {
        /// Sees metadata.
        Viewer = "viewer",
        /// A viewer who also sees profiles, samples and values up to the ceiling, and asks for access.
        Analyst = "analyst",
        /// A viewer who also runs sources, crawls, jobs and intake in scope.
        Engineer = "engineer",
        /// A viewer who also keeps texts, owners, tags, rules, incidents, grants and requests in scope.
        Steward = "steward",
        /// Sets sensitivity, grants and requests everywhere; sees no values.
        SecurityOfficer = "security_officer",
        /// Reads all metadata, audit and access; no values, no writes.
        Auditor = "auditor",
        /// Everything but values above public, which they must grant themselves.
        Administrator = "administrator",
    }
}

words! {
    /// What an API token may be used for. A token only ever narrows what its person may do now.
    TokenScope, "token scope" {
        /// See objects and their metadata; every other scope needs it too.
        Read = "read",
        /// Change texts, owners, domains and sources; crawl; ask for access.
        Write = "write",
        /// See profiles and values.
        Values = "values",
        /// People, settings, grants, sensitivity and the audit trail.
        Admin = "admin",
    }
}

words! {
    /// Whether a grant gives or takes away. Deny wins.
    Effect, "effect" {
        /// Gives the role.
        Allow = "allow",
        /// Takes the role's actions away.
        Deny = "deny",
    }
}

words! {
    /// Who a grant is for.
    SubjectKind, "kind of subject" {
        /// A person.
        Person = "person",
        /// A team, with the teams below it.
        Team = "team",
    }
}

words! {
    /// What an action is done to.
    ObjectKind, "kind of object" {
        /// The register: its settings, people and teams.
        Register = "register",
        /// A domain.
        Domain = "domain",
        /// A source.
        Source = "source",
        /// A database, a schema or a namespace.
        Container = "container",
        /// A dataset and its columns.
        Dataset = "dataset",
        /// A job with its definition and its runs.
        Job = "job",
    }
}

impl From<AssetKind> for ObjectKind {
    fn from(kind: AssetKind) -> Self {
        match kind {
            AssetKind::Register => Self::Register,
            AssetKind::Domain => Self::Domain,
            AssetKind::Source => Self::Source,
            AssetKind::Database | AssetKind::Schema | AssetKind::Namespace => Self::Container,
            AssetKind::Dataset => Self::Dataset,
            AssetKind::Job => Self::Job,
        }
    }
}

words! {
    /// What somebody does. Every route declares one.
    Action, "action" {
        /// See that it is there, and its metadata.
        See = "see",
        /// See a profile: counts, ranges, shares.
        SeeProfile = "see_profile",
        /// See values: sample rows, top values, failing rows.
        SeeValues = "see_values",
        /// See who may do what to it.
        SeeAccess = "see_access",
        /// Read the audit trail.
        SeeAudit = "see_audit",
        /// Ask for access.
        RequestAccess = "request_access",
        /// Write display names, descriptions and docs.
        EditTexts = "edit_texts",
        /// Name owners.
        EditOwners = "edit_owners",
        /// Put it into a domain.
        EditDomain = "edit_domain",
        /// Set its sensitivity.
        SetSensitivity = "set_sensitivity",
        /// Give and take grants on it.
        ManageGrants = "manage_grants",
        /// Register, change and remove sources, and test their connection.
        ManageSources = "manage_sources",
        /// Start and cancel crawls.
        Crawl = "crawl",
        /// Hand in definitions of jobs; draw and strike out edges of lineage.
        ManageLineage = "manage_lineage",
        /// Write rules of quality, have them run, deal with incidents.
        ManageRules = "manage_rules",
        /// Make, change and remove domains.
        ManageDomains = "manage_domains",
        /// Add, change and disable people, teams and their tokens.
        ManagePeople = "manage_people",
        /// Change the register's settings and see its health.
        ManageSettings = "manage_settings",
    }
}
