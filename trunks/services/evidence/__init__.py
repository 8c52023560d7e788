"""Evidence: what an audit report says, the ZIP that proves it, and the check of such a ZIP."""
