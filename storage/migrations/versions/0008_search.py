"""Full-text search on mentions: FTS5 kept by triggers, or a generated tsvector."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


# The scope column lets the full-text index serve the filters too: one token for each filter's value.
def _scope(row: str) -> str:
    return (
        f"'b' || {row}brand_id || ' p' || {row}platform || ' i' || coalesce({row}intent, 'none')"
        f" || ' s' || coalesce({row}sentiment, 'none') || ' l' || coalesce({row}language, 'none')"
    )


def _document(row: str) -> str:
    return f"coalesce({row}title, '') || ' ' || {row}text"


def _upgrade_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE mentions_search USING fts5"
        "(body, scope, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    # A contentless index is told what it must forget.
    delete = (
        "INSERT INTO mentions_search(mentions_search, rowid, body, scope)"
        f" SELECT 'delete', old.id, {_document('old.')}, {_scope('old.')} WHERE old.state <> 'deleted';"
    )
    insert = (
        "INSERT INTO mentions_search(rowid, body, scope)"
        f" SELECT new.id, {_document('new.')}, {_scope('new.')} WHERE new.state <> 'deleted';"
    )
    op.execute(f"CREATE TRIGGER mentions_search_insert AFTER INSERT ON mentions BEGIN {insert} END")
    op.execute(f"CREATE TRIGGER mentions_search_delete AFTER DELETE ON mentions BEGIN {delete} END")
    op.execute(
        "CREATE TRIGGER mentions_search_update AFTER UPDATE OF title, text, state, intent, sentiment, language"
        f" ON mentions BEGIN {delete} {insert} END"
    )


def _upgrade_postgresql() -> None:
    # No post may make its own row impossible: a vector holds a megabyte at most, and no empty token.
    op.execute(
        "ALTER TABLE mentions ADD COLUMN search tsvector GENERATED ALWAYS AS ("
        f"to_tsvector('simple', left({_document('')}, 100000))"
        f" || array_to_tsvector(array_remove(string_to_array({_scope('')}, ' '), ''))) STORED"
    )
    op.execute("CREATE INDEX ix_mentions_search ON mentions USING gin (search)")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER mentions_search_{trigger}")
        op.execute("DROP TABLE mentions_search")
    else:
        op.execute("ALTER TABLE mentions DROP COLUMN search")
