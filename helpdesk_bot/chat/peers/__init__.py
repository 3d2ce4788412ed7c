"""What other helpdesks say, and where it goes."""
