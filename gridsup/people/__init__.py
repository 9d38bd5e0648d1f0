"""People and bodies: organisations, officers, posts, deputies, leave, accounts, delegation."""
