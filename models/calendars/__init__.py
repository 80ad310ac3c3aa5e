"""Fiscal calendars and business days: which day belongs to which period, and who works on it."""
