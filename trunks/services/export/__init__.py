"""Exports: the rows of a list as CSV, XLSX or JSON, and trunks as JSON for commands.

`fields` says what an exported value is, `lists` which values each list has, one module a kind of file writes
them, and `export_make` is what a view calls.
"""
