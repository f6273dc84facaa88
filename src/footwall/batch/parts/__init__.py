"""Liabilities as a folder of parts: larger than memory, on several processes or on Spark, and gone on with after a kill."""
