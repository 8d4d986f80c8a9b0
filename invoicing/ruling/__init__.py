"""The sellers' rules for people: terms, routes, tax classes, and what was issued past us."""
