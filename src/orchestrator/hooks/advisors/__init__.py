"""Advisors: they change or drop what a strategy wishes before it is an order."""
