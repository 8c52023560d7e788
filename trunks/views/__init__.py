"""One module a page family. Views translate between requests and services, and do nothing else."""
