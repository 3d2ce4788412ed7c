"""How helpdesks on different servers lend each other a hand: the rules, and nothing that reads or writes."""
