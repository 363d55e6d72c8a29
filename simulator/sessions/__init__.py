"""One world with its clock, its rules and its history, for any number of threads."""
