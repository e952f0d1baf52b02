# What readers of events, artifacts and settings say beside what they read.
intake-missing = Missing.
intake-not-a = { $expected ->
    [object] This has to be an object.
    [list] This has to be a list.
    [text] This has to be a text.
    [whole] This has to be a whole number.
    [number] This has to be a number.
    [flag] This has to be true or false.
    [uuid] This has to be a UUID.
    [time] This has to be a time with a zone, by RFC 3339.
    [uri] This has to be an absolute URI.
    [utf8] This has to be text in UTF-8.
   *[json] This has to be JSON.
}
intake-unknown-word = “{ $word }” is none of: { $known }.
intake-not-together = This can’t stand together with “{ $other }”.
intake-too-much = More than { $limit }.
intake-unknown-type = The type “{ $word }” is not known, so neither is what it reads or writes.
intake-not-understood = The settings do not tell what this reads or writes.
intake-not-declared = “{ $word }” is not declared.
intake-not-used = Declared, and used by nothing.
intake-stray = This means nothing here.
intake-set-twice = Set again; the last one counts.
intake-dynamic = The name depends on what only the running job knows.
intake-pattern = Which tables these are is not known from this text.
intake-not-compiled = Not compiled, so its columns are not known.
intake-only-compiled = “{ $command }” compiles and runs nothing: there is no run and no test result.
intake-unknown-version = Version { $version } is not known; read as the newest known one.
intake-unreadable = This can’t be read: { $reason }
