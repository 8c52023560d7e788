"""Copies of the database of a running site."""
