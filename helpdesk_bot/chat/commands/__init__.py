"""One command a file. The list is in the order in which help shows them."""
