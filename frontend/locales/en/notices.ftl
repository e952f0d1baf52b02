# Notices and subscriptions.
notices-title = Notices
notices-unread = { $n ->
    [0] Nothing new
    [one] { $n } new notice
   *[other] { $n } new notices
}
notices-which = Which notices
notices-new = New
notices-new-one = new
notices-read = Mark as read
notices-read-all = Mark all as read
notices-empty = Nothing here
notices-empty-text = You are told of incidents on what you own, watch or subscribe to, and on what lies downstream of them.
notices-more = { $n } more
notice-tone-fail = grave
notice-tone-warn = to be looked at
notice-tone-pass = good
notice-tone-none = for information
notice-incident-opened = { $incident } was opened: { $n } failing
notice-incident-assigned = { $incident } was assigned to you
notice-incident-upstream = { $incident } upstream, on { $dataset }, may reach this dataset
notice-incident-resolved = { $incident } is over
notice-incident-note = There is a note on { $incident }
notice-rule-error = { $rule } could not be measured
notice-undelivered = “{ $name }” cannot be delivered
notice-because-owner = Because you own it
notice-because-watch = Because you watch it
notice-because-subscription = Because of your subscription to { $name }
notice-because-assignee = Because it is yours
notice-because-downstream = Because you own what reads it
subscriptions-title = Subscriptions
subscriptions-text = What you are told of, and how.
subscriptions-now = You are told of
subscriptions-empty = Nothing yet
subscriptions-empty-text = Choose below what you want to be told of.
subscription-mine = What I own
subscription-downstream = What lies upstream of what I own
subscription-all = Everything that I may see
subscription-of = { $name }
subscription-from = From severity { $what } on
subscription-add = Subscribe
subscription-scope = What
subscription-channel = How
subscription-address = Address
subscription-address-hint = Only for web requests; they are signed. Addresses of the inner network are refused.
subscription-secret = The key of the new subscription
subscription-secret-text = Requests are signed with it. It is shown only now.
channel-inbox = Inbox
channel-email = E-mail
channel-webhook = Web request
