using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Images;

/// <summary>
/// Makes the small copies of large results that have none, such as those of an earlier studio: behind the start, one at a time, and only
/// while nothing runs. A session that ends now has its copies made at once.
/// </summary>
internal sealed class OlderCopies(IDbContextFactory<StudioDb> databases, Thumbnails thumbnails, TimeProvider time) : BackgroundService
{
    // Whoever starts the studio wants its first page first.
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenTwo = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileOneRuns = TimeSpan.FromSeconds(15);

    /// <summary>The latest first: those are looked at.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        foreach (string image in await LargeAsync(cancellationToken))
        {
            if (thumbnails.ArePrepared(image))
            {
                continue;
            }

            while (await IsRunningAsync(cancellationToken))
            {
                await Task.Delay(WhileOneRuns, time, cancellationToken);
            }

            await thumbnails.PrepareAsync(image);
            await Task.Delay(BetweenTwo, time, cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(AfterStart, time, stoppingToken);
            await MakeAsync(stoppingToken);
        }
        catch (Exception e) when (e is DbException || (e is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            // The studio stops, or another program holds the database: the rest is made after the next start.
        }
    }

    private async Task<List<string>> LargeAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Sessions.Where(s => s.DeletedUtc == null && s.ResultImageId != null)
            .OrderByDescending(s => s.CreatedUtc)
            .Join(database.Images.Where(image => Math.Max(image.Width, image.Height) > Thumbnails.Large), s => s.ResultImageId, image => image.Id, (_, image) => image.Id)
            .ToListAsync(cancellationToken);
    }

    private async Task<bool> IsRunningAsync(CancellationToken cancellationToken)
    {
        await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Sessions.AnyAsync(s => s.State == SessionState.Running, cancellationToken);
    }
}
