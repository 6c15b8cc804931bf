"""What every page family shares: layout, log-in dependencies, headers, paging, times."""
