"""Reading files and bodies of posts: bytes to lines, lines to records, records to posts."""
