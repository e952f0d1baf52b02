# Error pages.
error-back = Go back
error-not-utf8 = It is not UTF-8 text.
error-request-id = request
error-retry-after = { $n ->
    [one] Try again in a second.
   *[other] Try again in { $n } seconds.
}
error-unreadable = This request cannot be read
error-unreadable-text = The address or the form holds something that makes no sense here. Go back and try once more.
error-sign-in = Sign in to see this page
error-sign-in-text = Your session has ended, or you have not signed in yet.
error-forbidden = You may not do this
error-forbidden-text = You can see this, but your roles do not allow what you asked for. Whoever manages access to it can grant you a role.
error-stale-form = This form is not from your session
error-stale-form-text = You may have signed in again since you opened it. Nothing was changed. Open the page again and repeat what you did.
error-not-found = There is nothing here
error-not-found-text = It does not exist, or it is not visible to you.
error-not-allowed = This address does not take that
error-not-allowed-text = The form was sent to a page that has none. Go back and try once more.
error-conflict = This does not go together with what is there
error-conflict-text = Something with this name exists already, or something still depends on it. Nothing was changed.
error-changed = Somebody changed this meanwhile
error-changed-text = Your change was not saved, so that theirs is not lost. Go back, reload the page and look at what is there now.
error-too-large = This is too large
error-too-large-text = What you sent is larger than is taken here. Nothing was changed.
error-too-large-limit = At most { $limit } is taken.
error-wrong-kind = This kind of content is not taken
error-wrong-kind-text = The request has a content type that this address cannot read. Nothing was changed.
error-refused = This was not accepted
error-refused-text = It could be read, but something in it does not hold. Nothing was changed.
error-version-missing = The version is missing
error-version-missing-text = The request must say which version it changes. Reload the page and try once more.
error-too-often = That was too often
error-too-often-text = To keep the register safe and quick for everybody, this is limited. Nothing was changed.
error-fault = Something broke here
error-fault-text = It is not your fault. The cause is in the server log under the request id below; what you sent was not saved.
error-unavailable = Not available for the moment
error-unavailable-text = The database does not answer, or too much is going on. What was saved is safe; nothing new was saved now.
