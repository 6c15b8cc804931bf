"""Tables, queries, the unit of work and the migrations, on SQLite and PostgreSQL alike."""
