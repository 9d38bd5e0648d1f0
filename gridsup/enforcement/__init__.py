"""Penalty cases: dated law, money, evidence, measures, execution, the file of a case."""
