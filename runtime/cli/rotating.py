"""What `earnest keys rotate` does: from one key to the next, without a moment in which a token can't be opened."""

from domain.labels import Use
from storage.database import Database
from storage.keys import SECRETS
from storage.sealing import new_key
from storage.vault import Vault


def rotate_key(database: Database, vault: Vault, use: Use) -> str:
    """Seal everything of that use anew and return what was done; raises what the vault raises, and loses nothing."""
    keys = vault.keys
    if keys.is_secret(use):
        return _rotate_secret(database, vault, use)
    if not keys.file(use).exists():
        return f"There is no {use} key yet; it is made when an account is connected."
    # Two at once would each forget the other's key.
    with keys.alone():
        old, fresh = keys.read(use), new_key()
        # With both in the file, everybody can open what is sealed with either.
        keys.write(use, [fresh, *old])
        sealed = _reseal(database, vault, use)
        keys.write(use, [fresh])
    return f"{keys.file(use)} holds a new key; {sealed} stored entries are sealed with it."


def _rotate_secret(database: Database, vault: Vault, use: Use) -> str:
    sealed = _reseal(database, vault, use)
    name = f"EARNEST_{SECRETS[use]}"
    if len(vault.keys.get(use).marks) > 1:
        return f"{sealed} stored entries are sealed with the first key of {name}; the others may go from it."
    return (
        f"{name} holds one key, and {sealed} stored entries are sealed with it. To change it, put a new one (earnest"
        " keys new) and a comma before it, start every process again, and rotate."
    )


def _reseal(database: Database, vault: Vault, use: Use) -> int:
    with database.write() as session:
        return vault.reseal(session, use)
