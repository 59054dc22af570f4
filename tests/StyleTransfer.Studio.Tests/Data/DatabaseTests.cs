using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Tests.Data;

public sealed class DatabaseTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_Migrations_HaveEveryChange()
    {
        await using StudioDb database = await OpenAsync();

        Assert.False(database.Database.HasPendingModelChanges(), "The model has changes without a migration: dotnet ef migrations add NAME --project src/StyleTransfer.Studio");
    }

    [Fact]
    public async Task Database_AfterStart_HasEveryMigration()
    {
        await using StudioDb database = await OpenAsync();

        Assert.Empty(await database.Database.GetPendingMigrationsAsync(Token));
        Assert.NotEmpty(await database.Database.GetAppliedMigrationsAsync(Token));
    }

    // Versions up to 3.51.2 can corrupt a database in WAL mode.
    [Fact]
    public async Task Sqlite_Version_IsOneThatKeepsAWalWhole() => Assert.True(Version.Parse(await ScalarAsync("SELECT sqlite_version()")) >= new Version(3, 51, 3));

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "1")]
    [InlineData("foreign_keys", "1")]
    [InlineData("busy_timeout", "10000")]
    public async Task Connection_Pragma_IsSet(string pragma, string value) => Assert.Equal(value, await ScalarAsync($"PRAGMA {pragma}"));

    private async Task<string> ScalarAsync(string sql)
    {
        await using StudioDb database = await OpenAsync();
        await database.Database.OpenConnectionAsync(Token);
        await using DbCommand command = database.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(await command.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    private Task<StudioDb> OpenAsync() => studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);
}
