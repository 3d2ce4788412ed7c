"""Carries calls outside Matrix. The only part that knows Apprise."""
