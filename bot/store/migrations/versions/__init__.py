"""One module a revision, named after it. A released one is never edited."""
