"""One suite a file, named <schema>__<table>: the file name is the registration.

A suite states shape and share; keys, relations and totals are dbt's and are not repeated here.
It holds for any sane company, so it tests only columns that every company delivers, and it opens
with a row count, because Great Expectations finds nothing wrong with an empty table.
"""
