"""The desk: server-rendered pages and the HTTP API, one folder a page family."""
