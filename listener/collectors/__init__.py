"""One module a platform; each is found through the entry points group earnest.collectors."""
