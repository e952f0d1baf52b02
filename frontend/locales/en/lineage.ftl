# Lineage: the explorer, the tab of a dataset, the overview.
lineage-title = Lineage of { $name }
lineage-open-dataset = Open dataset
lineage-clear-column = Clear the column in focus
lineage-level = Level
level-table = Tables
level-column = Columns
side-up = Comes from
side-down = Goes to
lineage-up = { $n } up
lineage-down = { $n } down
lineage-depth-up = Hops up
lineage-depth-down = Hops down
lineage-fewer = One hop fewer
lineage-deeper = One hop more
lineage-filters-set = filters set
lineage-all = All
lineage-stale = Not written lately
stale-shown = Shown
stale-hidden = Left out
stale-only = Only these
lineage-confidence = Confidence
lineage-confidence-least = { $n } % and more
lineage-jobs = Jobs
jobs-chips = On the edges
jobs-nodes = As boxes
lineage-now = As of now
lineage-against = against
lineage-at = As of
lineage-at-hint = Empty: now. In your time zone.
lineage-diff = Compare with an earlier moment
lineage-diff-hint = What came and went since then is marked.
lineage-show = Show
lineage-find = Find in the lineage
lineage-find-end = End the search
lineage-found = { $n ->
    [one] { $n } found
   *[other] { $n } found
}
lineage-n-of-m = {"{n}"} of {"{m}"}
lineage-as-table = View as table
lineage-as-graph = View as graph
lineage-graph = Lineage graph
lineage-focus = Focus
lineage-hops-up = { $n ->
    [one] { $n } hop up
   *[other] { $n } hops up
}
lineage-hops-down = { $n ->
    [one] { $n } hop down
   *[other] { $n } hops down
}
lineage-jobs-on-edges = Jobs on the edges
lineage-summary = { $datasets } datasets, { $edges } edges
lineage-beyond = { $n ->
    [one] { $n } more in the table
   *[other] { $n } more in the table
}
lineage-to-focus = To the focus
lineage-legend = Legend
lineage-legend-job = Job
lineage-line-sure = Known
lineage-line-lit = Path of the column in focus
lineage-line-doubtful = Low confidence
lineage-line-by-hand = Drawn by hand
lineage-line-back = Closes a cycle
lineage-tools = Zoom and move
lineage-zoom-in = Larger
lineage-zoom-out = Smaller
lineage-fit = Fit into the window
lineage-pan-left = Move left
lineage-pan-right = Move right
lineage-pan-up = Move up
lineage-pan-down = Move down
lineage-export = Share
lineage-copy = Copy the link
lineage-copied = Link copied
lineage-export-svg = Save as SVG
lineage-export-png = Save as PNG
lineage-keys = Keyboard
lineage-close = Close
lineage-key-arrows = Move along edges and among siblings
lineage-key-enter = Open what is in focus
lineage-key-expand = Expand down, up
lineage-key-down = Fewer, more hops down
lineage-key-up = Fewer, more hops up
lineage-key-find = Find; Enter and Shift+Enter go round
lineage-key-fit = Fit into the window
lineage-key-zoom = Larger, smaller
lineage-key-help = This help
lineage-is-stale = Not written lately
lineage-more-columns = { $n ->
    [one] { $n } more column
   *[other] { $n } more columns
}
lineage-fewer-columns = Fewer columns
lineage-more-up = more up from { $name }
lineage-more-down = more down from { $name }
lineage-fold-up = Fold what lies up from { $name }
lineage-fold-down = Fold what lies down from { $name }
lineage-folded = +{ $n } more
lineage-folded-up = up from { $name }
lineage-folded-down = down from { $name }
lineage-folded-found = { $n ->
    [one] { $n } match in here
   *[other] { $n } matches in here
}
lineage-folded-full = all are in the table
lineage-restricted = Restricted
lineage-restricted-text = You may not see it
standing-live = Crawled
standing-referenced = Not crawled
standing-gone = Gone at its source
lineage-empty = No lineage yet
lineage-empty-text = No job that Cadastre knows of reads or writes { $name }. Definitions come in by crawls, by uploads and by events; an edge can be drawn by hand too.
lineage-collectors = What brings lineage in
collector-crawl = Crawl of { $name }
collector-jobs = Uploaded and pushed definitions
collector-openlineage = OpenLineage events
collector-dbt = dbt projects
collector-config = Flume, Kafka Connect
collector-never = never
lineage-beside = Impact and computation
lineage-affects = What { $name } affects
lineage-affects-text = { $n ->
    [one] { $n } dataset reads it
   *[other] { $n } datasets read it
}; { $owners ->
    [0] nobody owns them
    [one] { $owners } owner
   *[other] { $owners } owners
}.
lineage-csv = CSV of all
lineage-unowned = Nobody owns it
lineage-show-more = { $n ->
    [one] Show { $n } more
   *[other] Show { $n } more
}
lineage-computed = How it is computed
lineage-sql = SQL
lineage-withheld = The text names datasets that you may not see.
lineage-job = Job
lineage-statement = Statement
lineage-statement-line = { $n }, line { $line }
lineage-version = Version
lineage-says = Said by
lineage-seen = Seen
lineage-scores = Scores
lineage-reach = Reach
lineage-reach-text = Datasets at each hop down × the weight of the hop, added up:
lineage-reach-is = Reach: datasets at each hop down × the weight of the hop, added up. It says how many a change could touch.
lineage-use = Use
lineage-use-text = Use counts the scans of the table and of its indexes, as its source counts them; reads through views count at their tables.
lineage-use-times = read { $n ->
    [one] once
   *[other] { $n } times
} in { $days ->
    [one] a day
   *[other] { $days } days
}
lineage-datasets = { $n ->
    [one] { $n } dataset
   *[other] { $n } datasets
}
lineage-hop = Hop
lineage-dataset = Dataset
lineage-column = Column
lineage-how = How
lineage-path = Shortest path
lineage-owner = Owner
lineage-behind = Behind it
lineage-direct = direct
lineage-around = Lineage around { $name }
lineage-nothing-up = Nothing that you may see lies up from here.
lineage-nothing-down = Nothing that you may see lies down from here.
lineage-and = {", "}
how-identity = direct
how-rename = renamed
how-cast = cast
how-expression = derived
how-window = window
how-aggregate = aggregate
how-condition = condition
how-over = window order
how-filter = filter
how-join = join
how-group = group
how-sort = sort
how-masked = masked
how-copy = copied
how-unknown = not said
maker-crawl = Crawl
maker-sql = SQL
maker-openlineage = OpenLineage
maker-dbt = dbt
maker-config = Configuration
maker-person = By hand
lineage-ends = Where data begins and ends
lineage-ends-roots = Roots
lineage-ends-roots-text = They lead to others, and nothing leads to them.
lineage-ends-leaves = Leaves
lineage-ends-leaves-text = Others lead to them, and they lead to nothing.
lineage-ends-circles = Circles
lineage-ends-circles-text = Each of them leads back to itself.
lineage-way = Way to …
lineage-way-title = The way from { $name }
lineage-way-text = How data gets from one dataset down to another.
lineage-way-to = Another dataset: schema.name, id or address
lineage-way-unasked = Say where the way leads.
lineage-way-none = No way leads from { $from } down to { $to }.
lineage-way-back = Look for a way back
lineage-way-hops = { $n ->
    [one] The shortest way: one hop
   *[other] The shortest way: { $n } hops
}
lineage-way-all = All ways, edge by edge
lineage-way-from = From
lineage-way-into = To
lineage-way-left-out = { $n ->
    [one] One place on longer ways is not listed.
   *[other] { $n } places on longer ways are not listed.
}
lineage-cut = That day’s graph is larger than is looked at here (12 hops, 5,000 datasets each way): farther away there may be more.
gap-no-job = No job seen
gap-no-job-text = No job that is known reads or writes it. Upload its SQL, or let its system send OpenLineage events.
gap-not-parsed = Not parsed
gap-not-parsed-text = A job names it, but the statement could not be parsed.
gap-no-definition = Definition not readable
gap-no-definition-text = The crawler may not read the definition of this view; a grant at the source would let it.
gap-no-columns = Datasets only
gap-no-columns-text = Jobs name it, but none says which columns it reads or writes.
gap-star-only = Columns wait for a schema
gap-star-only-text = A statement takes all columns of a dataset that was not crawled; they are known once it is.
gap-not-crawled = Source not crawled
gap-not-crawled-text = Its source has never been crawled to the end.
lineage-open = Open the explorer
lineage-open-column = Open the graph on this column
lineage-columns-known = The origin of { $n } of { $total } columns is known
lineage-gaps = What is missing
lineage-last-seen = Last seen
lineage-act = Action
lineage-only-datasets = datasets only
lineage-sure-per-cent = { $n } % sure
lineage-strike = Strike out
lineage-struck = Struck out by people
lineage-restore = Restore
lineage-draw = Draw an edge by hand
lineage-draw-text = For what no job tells. It is shown as drawn by hand, with your name and note.
lineage-draw-side = Where does the other dataset lie?
lineage-draw-up = It is a source
lineage-draw-up-text = { $name } is made from it.
lineage-draw-down = It is a target
lineage-draw-down-text = It is made from { $name }.
lineage-draw-other = The other dataset
lineage-draw-other-hint = Its name, as schema.table, its id or its address here
lineage-draw-which = Which of these?
lineage-draw-columns = Columns
lineage-draw-columns-hint = A line each: from -> to. Empty: only the datasets are connected.
lineage-draw-note = Why
lineage-draw-note-hint = Shown with the edge
confirm-strike-edge = Strike out the edge { $from } → { $to }?
confirm-strike = Strike out
confirm-strike-absent = It is left out of graphs, tables, impact and exports.
confirm-strike-again = When its job says it again it stays struck out. It can be restored on the Lineage tab.
lineage-overview = Lineage
lineage-overview-text = Where data comes from, where it goes, and what is not known yet.
lineage-start = A dataset to start at
lineage-start-far = Those that reach farthest
lineage-start-none = No dataset has lineage yet.
lineage-ups = 1 hop up
lineage-downs = 1 hop down
lineage-coverage = Coverage
lineage-covered = Datasets with lineage
lineage-covered-columns = … of columns
lineage-why-none = Why others have none or less
lineage-unparsed = Statements that could not be parsed
lineage-unparsed-jobs = Their jobs
lineage-droppable = Safe to drop, it seems
lineage-droppable-none = Nothing looks as if nobody needed it.
lineage-droppable-text = Nothing is made from these, and nobody was seen to read them. Ask the owner before you drop one.
lineage-drop-reads = Evidence
lineage-drop-nothing = Nothing is made from it
lineage-drop-unknown = reads are not recorded at its source
lineage-drop-written = Last written
lineage-drop-since = Known since
lineage-changes = Changed lately
lineage-changes-none = No edge came or went lately.

edge-other-unknown = No dataset of this name is there for you.
edge-other-several = Several datasets have this name: choose one.
edge-to-itself = A dataset does not come from itself.
edge-drawn-already = This edge is drawn already.
edge-note-missing = Say why: whoever looks later wants to know.
edge-note-long = At most { $limit } characters.
edge-columns-many = At most { $limit } columns at once.
edge-columns-form = Write a line each, as: amount -> total
edge-column-unknown = There is no column “{ $name }”.
edge-drawn = The edge is drawn.
edge-struck = The edge is struck out.
edge-restored = The edge counts again.
impact-unknown = There is no dataset or column “{ $name }”.
impact-several = Several datasets or columns are named “{ $name }”: say more of the name.
