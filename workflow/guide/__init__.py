"""The credential guide: its text, its forms, its page. It asks nobody and reads no account."""
