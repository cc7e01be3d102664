"""Interest: one side writes to the owner of a listing or a problem, what it brings and what it hopes for; a yes opens both."""
