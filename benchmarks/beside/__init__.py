"""A cheap request beside heavy valid ones: how long it waits, what memory they take."""
