"""Who is on duty, and what they agree about it."""
