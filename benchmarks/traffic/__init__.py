"""A made-up federation of helpdesks, and what they say to one another."""
