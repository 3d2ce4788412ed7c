"""Tests: domain, conversation, storage, and end to end on a real homeserver."""
