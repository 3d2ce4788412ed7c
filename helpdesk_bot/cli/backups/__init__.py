"""Everything a helpdesk is, in one file: the database, the account with its keys, and the configuration."""
