"""All the SQL: tables, engine, migrations, reading and saving."""
