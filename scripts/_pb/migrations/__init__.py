"""Migration files: what a change of the schema leaves in the project, so that another server gets the same schema.

PocketBase writes a file of its own for a change through POST, PATCH or DELETE, but none for an import, at most one a
second for a collection, and under names that may sort before what they build on. So each change gets one file of ours
for all of it, up and down, that sorts after every other, and a file that the server wrote meanwhile goes.

The running server must not apply our file as well, at its next start. No API call says "applied"; making the file do
nothing where its result is there already would be wrong for a field that was dropped and made again, because the drop
would then take the new data. So the file's name is put into the server's table `_migrations`, as the server itself
does for its own, in one transaction with the removal of the server's own, through SQLite: in every version the table
is the same, and another process may write to the database while the server runs. That is done only where the project
is at hand (see `home`); elsewhere the server's own file stays, and for an import there is none.
"""
