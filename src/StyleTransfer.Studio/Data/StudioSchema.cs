using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace StyleTransfer.Studio.Data;

/// <summary>Brings a database file to the tables of this version.</summary>
internal static class StudioSchema
{
    private const string LastMigration = """SELECT "MigrationId" FROM "__EFMigrationsHistory" ORDER BY "MigrationId" DESC LIMIT 1""";

    public static async Task UpdateAsync(StudioDb database, CancellationToken cancellationToken)
    {
        // EF compares models before it finds that there is nothing to do: half a second of every start.
        if (!await IsCurrentAsync(database.Database.GetConnectionString()!, cancellationToken))
        {
            await database.Database.MigrateAsync(cancellationToken);
        }

        // Every time: a studio may have been killed after its migrations.
        await database.Database.ExecuteSqlRawAsync(ParameterTriggers.Statements, cancellationToken);
    }

    private static async Task<bool> IsCurrentAsync(string connectionString, CancellationToken cancellationToken)
    {
        SqliteConnectionStringBuilder file = new(connectionString) { Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        if (!File.Exists(file.DataSource))
        {
            return false;
        }

        try
        {
            await using SqliteConnection connection = new(file.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using SqliteCommand command = connection.CreateCommand();
            command.CommandText = LastMigration;
            return await command.ExecuteScalarAsync(cancellationToken) as string == Newest();
        }
        catch (SqliteException)
        {
            // No history: a new file, or not one of ours. EF says what is wrong with it.
            return false;
        }
    }

    private static string? Newest() => typeof(StudioSchema).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Migration)))
        .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
        .Max(StringComparer.Ordinal);
}
