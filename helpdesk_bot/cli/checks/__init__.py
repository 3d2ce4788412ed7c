"""What `helpdesk check` looks at: one subject a file, each a function that returns results."""
