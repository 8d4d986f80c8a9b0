"""Segments (人群包): who a condition is true of, kept up to date, counted and explained."""
