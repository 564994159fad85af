"""Checks of bars from every source: row rules, calendars, quality, age."""
