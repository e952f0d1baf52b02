# Home.
home-start = Three steps to a filled catalogue
home-start-text = The register is empty. This is how it fills.
home-start-next = The first source is there. Its crawl fills the register.
home-start-last = The catalogue is filled. What is left is who answers for it.
home-start-source = Add a source
home-start-source-text = Register a database. Its metadata is read, never its data.
home-start-crawl = Crawl it
home-start-crawl-text = Schemas, tables and columns appear, with the comments that they have.
home-start-owner = Name owners
home-start-owner-text = Say who answers for what, and describe what people ask about most.
home-start-done = Done
home-needs = Needs you
home-needs-text = { $n ->
    [one] One thing waits for somebody like you.
   *[other] { $n } things wait for somebody like you.
}
home-needs-none = Nothing waits for you.
home-need-failing = { $n ->
    [one] A source cannot be crawled
   *[other] { $n } sources cannot be crawled
}
home-need-uncrawled = { $n ->
    [one] A source was never crawled
   *[other] { $n } sources were never crawled
}
home-need-undescribed = { $n ->
    [one] A dataset has no description
   *[other] { $n } datasets have no description
}
home-need-unowned = { $n ->
    [one] A dataset has no owner
   *[other] { $n } datasets have no owner
}
home-do-open = Open
home-do-describe = Describe
home-do-own = Assign
home-changed = Changed lately
home-changed-none = Nothing changed lately.
home-viewed = Recently viewed
home-viewed-none = What you open appears here.
home-state = State of the register
home-coverage = Coverage
home-coverage-none = Nothing to measure yet.
home-coverage-described = Datasets described
home-coverage-columns = Columns described
home-coverage-owned = Datasets owned
home-missing = { $n } missing
