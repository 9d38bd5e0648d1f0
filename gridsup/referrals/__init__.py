"""Referrals (抄告): departments, allocation by facts, what goes out and what comes in."""
