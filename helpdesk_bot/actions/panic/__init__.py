"""An emergency: people are called until somebody comes, and whoever waits sees all of it."""
