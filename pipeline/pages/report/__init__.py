"""A report on a database for people who were not there: one HTML file that needs nothing else.

Queries (`overview`, `jornadas`, `services`, `plans`, `curves`, `contradictions`, `quotes`) become
drawings (`*_chart`, `drawing`) and tables, which `page` puts together.
"""
