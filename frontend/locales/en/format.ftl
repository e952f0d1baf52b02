# Moments and lengths.
format-bytes = { $n ->
    [one] { $n } byte
   *[other] { $n } bytes
}
format-ms = { $n } ms
format-s = { $n } s
format-m-s = { $m } min { $s } s
format-h-m = { $h } h { $m } min
format-d-h = { $d } d { $h } h
format-just-now = just now
format-in-a-moment = in a moment
format-minutes-ago = { $n } min ago
format-in-minutes = in { $n } min
format-hours-ago = { $n } h ago
format-in-hours = in { $n } h
format-today = today { $time }
format-yesterday = yesterday { $time }
format-tomorrow = tomorrow { $time }
format-days-ago = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
format-in-days = { $n ->
    [one] in { $n } day
   *[other] in { $n } days
}
