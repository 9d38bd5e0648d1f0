"""What waits for a signature, authorities to sign for another, stock phrases."""
