# The register's own work.
tasks-text = What the register does by itself or was asked to do. Newest first.
tasks-empty = No task here
tasks-empty-text = Crawls and other work appear here as soon as they are asked for.
task-title = Task
task-state = State
task-when = When
task-changes = Changes
task-took = Took
task-of = { $n } of { $total }
task-stages = Stages
task-log = End of the log
task-lines = { $n ->
    [one] { $n } line
   *[other] { $n } lines
}
task-reload = Reload
task-cancel = Stop
task-stopping = Told to stop; it ends after the step that it is in.
task-by-register = by the register itself
task-attempt = attempt { $n } of { $total }
task-finished = ended
task-progress = Progress
task-state-queued = Waiting
task-state-running = Running
task-state-done = Done
task-state-failed = Failed
task-state-cancelled = Stopped
task-level-info = info
task-level-warn = warn
task-level-error = error
task-crawl = Crawl
task-profile = Profile
task-lineage = Lineage
task-lease-lost = Another worker has taken this over.
task-cancelled = Somebody stopped it.
task-worker-lost = The process that ran it ended on the last attempt, too.
task-broke = Something broke in the register while it ran. The cause is in the server log.
tasks-all = All
task-told-to-stop = It was told to stop.
task-is-over = This task is over already.
crawl-phase-write = Catalogue
crawl-stage-count = { $n }
crawl-said = New { $added }, changed { $changed }, gone { $removed }, as before { $unchanged }.
lineage-stage-read = Reading definitions of jobs
lineage-said = Jobs { $jobs }, read anew { $read }; edges new { $opened }, ended { $closed }.
