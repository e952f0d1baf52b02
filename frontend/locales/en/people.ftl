# Signing in, the first administrator.
sign-in-title = Sign in
sign-in-button = Sign in
sign-in-return = You will return to the page you asked for.
sign-in-first = Nobody can sign in yet.
sign-in-first-text = Open the one-time link that the server printed when it started, or run “cadastre user create --admin”.
sign-in-help = No password, or forgotten? An administrator can give you a new one.
set-up-title = Create the first administrator
set-up-text = This page opened from the one-time link in the server log. It closes for good when you finish.
set-up-steps = Steps
set-up-step-person = Administrator
set-up-step-source = First source
set-up-step-owners = Owners
set-up-minutes = { $n ->
    [one] The link works for another minute
   *[other] The link works for another { $n } minutes
}
set-up-once = and once only. Restart the server to get a new one.
set-up-button = Create and continue
people-name = Name
people-login = User name
people-login-hint = Lower-case letters, digits and . _ - @
people-email = Email
people-password = Password
people-password-hint = 12 characters or more. Common passwords are refused.
people-language = Language
sign-in-refused = User name or password is not right.
people-email-wrong = Enter a full address, such as name@example.org
