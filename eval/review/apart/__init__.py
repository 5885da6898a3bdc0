"""Texts that two people label apart: who says what, and where one begins."""
