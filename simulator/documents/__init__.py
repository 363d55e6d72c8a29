"""What users write as plain data, such as rules and worlds: checked, each fault with its path, and made into values."""
