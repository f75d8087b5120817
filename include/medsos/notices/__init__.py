"""Reminders and escalations about forms that wait for somebody."""
