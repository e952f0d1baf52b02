//! The table, as the page draws it, and that casbin decides by it.

use cadastre_access::{Actor, Facts, Grant, Resource, Rights, table};
use cadastre_model::{
    Action, AssetId, Effect, GrantId, ObjectKind, PersonId, Role, Sensitivity, SubjectId, Version,
};

use crate::world::hour;

const SOMEBODY: PersonId = PersonId(7);

#[test]
fn the_table_reads_as_its_page() {
    insta::assert_snapshot!(drawn(|role, kind, action| match table::allows(role, kind, action) {
        Some(Sensitivity::Secret) => "yes",
        Some(level) => level.as_str(),
        None => "·",
    }));
}

#[test]
fn denied_roles_read_as_their_page() {
    insta::assert_snapshot!(drawn(|role, kind, action| if table::takes(role, kind, action) {
        "taken"
    } else {
        "·"
    }));
}

#[test]
fn who_may_do_anything_to_a_kind_sees_it_and_who_is_denied_to_see_it_may_do_nothing() {
    every_cell(|role, kind, action, _, _| {
        assert!(
            table::allows(role, kind, action) <= table::allows(role, kind, Action::See),
            "{role} {kind} {action}"
        );
        let done_by_anybody = Role::ALL.iter().any(|role| table::allows(*role, kind, action).is_some());
        if table::takes(role, kind, Action::See) && done_by_anybody {
            assert!(table::takes(role, kind, action), "{role} {kind} {action}");
        }
    });
}

#[test]
fn the_roles_that_a_role_gives() {
    let line = |role: &Role| {
        let given: Vec<_> = table::gives(*role).iter().map(|role| role.as_str()).collect();
        let ceiling = if table::gives_any_ceiling(*role) { " (any ceiling)" } else { "" };
        let wide = if table::register_wide(*role) { " [on the register only]" } else { "" };
        format!(
            "{role}{wide}: {}{ceiling}",
            if given.is_empty() { "none".to_owned() } else { given.join(", ") }
        )
    };
    insta::assert_snapshot!(Role::ALL.iter().map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn casbin_allows_what_the_table_allows() {
    every_cell(|role, kind, action, sensitivity, resource| {
        let rights = rights([(role, Effect::Allow)]);
        let may = rights.scope(&Actor::person(SOMEBODY), action, hour(0)).covers(resource);
        let said = table::allows(role, kind, action).is_some_and(|most| most >= sensitivity);
        assert_eq!(may, said, "{role} {kind} {action} {sensitivity}");
    });
}

#[test]
fn casbin_takes_what_the_table_takes() {
    every_cell(|role, kind, action, sensitivity, resource| {
        let rights = rights([
            (Role::Administrator, Effect::Allow),
            (Role::Analyst, Effect::Allow),
            (role, Effect::Deny),
        ]);
        let may = rights.scope(&Actor::person(SOMEBODY), action, hour(0)).covers(resource);
        let given = [Role::Administrator, Role::Analyst]
            .into_iter()
            .filter_map(|role| table::allows(role, kind, action))
            .max();
        let said = given.is_some_and(|most| most >= sensitivity) && !table::takes(role, kind, action);
        assert_eq!(may, said, "{role} {kind} {action} {sensitivity}");
    });
}

#[test]
fn whoever_may_do_anything_to_a_kind_sees_it() {
    every_pair(|kind, action| {
        for &role in Role::ALL {
            assert!(
                table::allows(role, kind, Action::See) >= table::allows(role, kind, action),
                "{role} {kind} {action}"
            );
            assert!(
                !table::takes(role, kind, Action::See)
                    || table::rows()
                        .iter()
                        .filter(|row| row.kind == kind)
                        .all(|row| table::takes(role, kind, row.action))
            );
        }
    });
}

#[test]
fn security_officers_and_auditors_see_no_values_and_administrators_only_public_ones() {
    for action in [Action::SeeProfile, Action::SeeValues] {
        assert_eq!(table::allows(Role::SecurityOfficer, ObjectKind::Dataset, action), None);
        assert_eq!(table::allows(Role::Auditor, ObjectKind::Dataset, action), None);
        assert_eq!(
            table::allows(Role::Administrator, ObjectKind::Dataset, action),
            Some(Sensitivity::Public)
        );
    }
}

#[test]
fn the_model_knows_no_patterns() {
    let model = include_str!("../../src/model.conf");
    assert!(!model.contains("Match") && !model.contains("eval") && !model.contains('*'), "{model}");
}

fn drawn(cell: impl Fn(Role, ObjectKind, Action) -> &'static str) -> String {
    let roles = Role::ALL.iter().map(|role| format!("{:17}", role.as_str())).collect::<String>();
    let lines = table::rows().into_iter().map(|row| {
        let cells = Role::ALL
            .iter()
            .map(|&role| format!("{:17}", cell(role, row.kind, row.action)))
            .collect::<String>();
        format!("{:10} {:16} {}", row.kind.as_str(), row.action.as_str(), cells.trim_end())
    });
    [format!("{:10} {:16} {}", "kind", "action", roles.trim_end())]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn every_pair(check: impl Fn(ObjectKind, Action)) {
    ObjectKind::ALL.iter().for_each(|&kind| Action::ALL.iter().for_each(|&action| check(kind, action)));
}

fn every_cell(check: impl Fn(Role, ObjectKind, Action, Sensitivity, &Resource)) {
    every_pair(|kind, action| {
        for &role in Role::ALL {
            for &sensitivity in Sensitivity::ALL {
                let scope_path = vec![AssetId::REGISTER, AssetId(5)];
                check(
                    role,
                    kind,
                    action,
                    sensitivity,
                    &Resource { asset: AssetId(5), kind, scope_path, sensitivity },
                );
            }
        }
    });
}

fn rights<const N: usize>(roles: [(Role, Effect); N]) -> Rights {
    let grant = |((role, effect), id)| Grant {
        id: GrantId(id),
        subject: SubjectId::Person(SOMEBODY),
        role,
        scope: AssetId::REGISTER,
        effect,
        ceiling: Sensitivity::Secret,
        mask: false,
        from: None,
        until: None,
    };
    let grants = roles.into_iter().zip(1..).map(grant).collect();
    Rights::new(Facts { grants, ..Facts::default() }, Version(1)).unwrap()
}
