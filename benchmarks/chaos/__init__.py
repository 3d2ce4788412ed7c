"""Kills the bot again and again while people write, and counts what was lost, doubled or leaked."""
