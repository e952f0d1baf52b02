# Incidents.
incident = Incident
incidents-title = Incidents
incidents-text = What failed together, until it passes again or somebody says that it is over.
incidents-count = { $n ->
    [one] { $n } incident
   *[other] { $n } incidents
}
incidents-open = Incidents that are not over
incidents-empty = No incident
incidents-empty-text = A failing rule opens one. Those that are over can be chosen by their state.
incident-state-open = Open
incident-state-acknowledged = Acknowledged
incident-state-muted = Muted
incident-state-resolved = Resolved
incident-rules = { $n ->
    [one] { $n } rule fails.
   *[other] { $n } rules fail.
}
incident-rules-on = { $n ->
    [one] { $n } rule on { $columns } fails.
   *[other] { $n } rules on { $columns } fail.
}
incident-rules-head = Rules
incident-rules-title = Its rules
incident-rules-none = You may see none of its rules.
incident-first = First seen
incident-last = Last seen
incident-since = since
incident-there = incident there
incident-assignee = Assignee
incident-nobody = nobody
incident-by-nobody = Nobody has acknowledged it.
incident-acknowledged = Acknowledged
incident-assigned-to = Assigned to
incident-muted-until = Muted until
incident-acknowledge = Acknowledge
incident-assign = Assign
incident-assign-to = To (login)
incident-cause = { $n ->
    [one] Likely cause, { $n } hop up
   *[other] Likely cause, { $n } hops up
}
incident-cause-title = Likely cause
incident-cause-none = Nothing upstream failed before, as far as you may see.
incident-in-lineage = Lineage
incident-impact = Downstream impact
incident-impact-all = All { $n }
incident-impact-more = { $n } more
incident-impact-none = Nothing reads this dataset, as far as you may see.
incident-owners = { $n ->
    [one] { $n } owner
   *[other] { $n } owners
}
incident-about = About the incident
incident-timeline = Timeline
incident-note = Note
incident-note-hint = For everybody who may see the incident. Markdown
incident-note-add = Add note
incident-mute = Mute
incident-mute-hint = Nobody is told until then; the rules go on running
incident-resolve = Resolve
incident-resolve-hint = It opens anew if a rule fails again
incident-related = Related incidents
incident-end-passed = All its rules passed
incident-end-retired = Its rules were retired
incident-end-gone = Its dataset is gone
incident-said = Resolved: { $text }
incident-event-opened = Opened: { $rule } failed
incident-event-failed = { $rule } failed, { $value }
incident-event-passed = { $rule } passed
incident-event-acknowledged = Acknowledged
incident-event-assigned = Assigned to { $name }
incident-event-unassigned = Assigned to nobody
incident-event-muted = Muted until { $until }
incident-event-unmuted = Mute ended
incident-event-note = Note
incident-event-severity = Severity is { $severity ->
    [low] low
    [medium] medium
   *[high] high
} now
incident-event-told = { $n } were told
incident-event-resolved = Resolved
cause-rules = { $n } rules fail
cause-incident = { $incident } is open
cause-schema = { $column }: { $what }
cause-run = The run of { $job } failed
cause-value = { $column } is at { $share }
cause-late = Not written
cause-here = This dataset
cause-why = Failing { $hops } hops up, earlier, and on the way here.
