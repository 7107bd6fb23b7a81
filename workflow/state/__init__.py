"""The state of every account: its numbers and what they mean. It writes no sentences and asks no provider."""
