-- Statistics, so that row estimates are right from the first crawl.
ANALYZE;
