"""What is done about other helpdesks: whom we trust, what we lend them, and what we take over from them."""
