# The frame.
layout-skip = Skip to content
layout-search = Search tables, columns, descriptions…
layout-palette = Go to, or search for…
layout-nav = Main
layout-theme = Change the theme
layout-account = Account
layout-account-of = { $name }, account
layout-tokens = API tokens
layout-api = API
layout-sign-out = Sign out
layout-notices = { $n ->
    [one] notice
   *[other] notices
}
nav-home = Home
nav-browse = Browse
nav-domains = Domains
nav-lineage = Lineage
nav-access = Access
nav-audit = Audit
nav-sources = Sources
nav-tasks = Tasks
nav-people = People
nav-admin = Admin
nav-govern = Govern
nav-operate = Operate
theme-auto = Theme: as the system
theme-light = Theme: light
theme-dark = Theme: dark
form-errors = { $n ->
    [one] One field needs another look
   *[other] { $n } fields need another look
}
form-optional = (optional)
