//! Who may do what: actors, actions, scopes and permits, decided by casbin.
