using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Tests.Data;

public sealed class StudioSchemaTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("schema-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_KilledAfterTheMigrations_AddsTheTriggersAtTheNextStart()
    {
        DbContextOptions<StudioDb> options = new DbContextOptionsBuilder<StudioDb>()
            .UseSqlite($"Data Source={Path.Combine(folder.FullName, "studio.db")};Pooling=False").Options;
        await using (StudioDb killed = new(options))
        {
            await killed.Database.MigrateAsync(Token);
            Assert.Empty(await TriggersAsync(killed));
        }

        await using StudioDb next = new(options);
        await StudioSchema.UpdateAsync(next, Token);

        Assert.Equal(["SessionAdded", "SessionRecipeChanged"], await TriggersAsync(next));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static Task<List<string>> TriggersAsync(StudioDb database) =>
        database.Database.SqlQueryRaw<string>("SELECT name AS Value FROM sqlite_master WHERE type = 'trigger' ORDER BY name").ToListAsync(Token);
}
