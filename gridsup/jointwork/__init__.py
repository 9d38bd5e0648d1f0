"""Escalation and joint work: bulletins, urging, joint campaigns and applications, the joint conference."""
