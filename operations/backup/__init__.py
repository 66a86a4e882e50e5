"""Backups: an encrypted file with the database, the uploads and the list of who was erased, and how it is restored.

`writing` writes one, `restoring` restores one. Both raise BackupRefused with a sentence, and then
everything is as it was.
"""
