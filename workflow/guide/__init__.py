"""The credential guide: its text, its tables, its pages. It asks no provider and reads no account."""
