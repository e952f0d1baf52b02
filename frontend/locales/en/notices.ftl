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
notice-because-subscribed = Because of a subscription of yours
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
subscription-test = Send a test
subscription-test-sent = A test was sent.
subscription-was-made = You will be told.
subscription-was-removed = You are told of it no longer.
subscription-choose = Choose one of these.
subscription-is-there = You have this subscription already.
subscription-too-many = There are { $most } subscriptions already. Remove one first.
subscription-scope-kind = Nobody can subscribe to this. Choose a domain, a source or something in it.
subscription-asset-beside = Only a subscription about an asset names one.
subscription-no-mail = This register sends no e-mail.
subscription-no-address = You have no e-mail address here. Ask who manages people to add it.
subscription-address-missing = Say where the requests go.
subscription-address-wrong = Write an address that begins with https://, without a name or password in it.
subscription-address-refused = This address can't be used: it is not there, is of the inner network, or has no TLS.
delivery-test = This is a test: notices by this subscription arrive.
delivery-test-inbox = Nothing leaves the register by the inbox.
webhook-address-refused = The address can't be used any more
webhook-no-answer = Nobody answers there
webhook-too-slow = The answer takes too long
webhook-tls = TLS can't be agreed upon, or the certificate is not good
webhook-redirect = The address sends on to another one, which is not followed
webhook-status = It was answered with status { $status }
mail-no-answer = The mail server does not take it
mail-refused = The mail server refuses it
mail-no-server = This register sends no e-mail any more
mail-no-address = There is no e-mail address to send it to
mail-subject = { $text }
mail-subject-many = { $n ->
    [one] { $n } notice
   *[other] { $n } notices
} about { $name }
mail-subject-test = A test
mail-subscriptions = You are told by e-mail because you subscribed. What you are told of:
channel-inbox = Inbox
channel-email = E-mail
channel-webhook = Web request
