using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace StyleTransfer.Studio.Data;

/// <summary>Every pragma of every connection, in one place.</summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    // WAL: readers never wait for the writer. NORMAL is safe with WAL: a power cut may lose the last transactions, never
    // the file. Foreign keys are off by default in SQLite. The timeout is for the moments when two writers meet.
    private const string Statements =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -8000;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = Statements;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = Statements;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
