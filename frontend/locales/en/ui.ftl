# Pieces that pages share.
ui-breadcrumb = Path
ui-pager = Pages
ui-shown = { $n ->
    [one] { $n } shown
   *[other] { $n } shown
}
ui-shown-of = { $n } of { $total }
ui-previous = Previous
ui-next = Next
ui-added = added
ui-removed = removed
ui-changed = changed
ui-filter = Filter
ui-back = Back
ui-save = Save
ui-edit = Edit
ui-all = All
