using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Studio.Tests.Sharing;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class SessionFamilyTests(StudioApp studio)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nearest_OfAFork_AreItselfItsParentSiblingsAndForks()
    {
        Guid parent = await AddAsync(80, null);
        Guid self = await AddAsync(81, parent);
        Guid sibling = await AddAsync(82, parent);
        Guid own = await AddAsync(83, self);
        await AddAsync(84, sibling);

        IReadOnlyList<Guid> nearest = await studio.Services.GetRequiredService<SessionFamily>().NearestAsync(self, Token);

        Assert.Equal([self, parent, sibling, own], nearest);
    }

    [Fact]
    public async Task Nearest_OfOneAlone_IsItself()
    {
        Guid alone = await AddAsync(85, null);
        await AddAsync(86, null);

        Assert.Equal([alone], await studio.Services.GetRequiredService<SessionFamily>().NearestAsync(alone, Token));
    }

    private async Task<Guid> AddAsync(int seed, Guid? parent)
    {
        Session session = await Finished.AddAsync(studio, seed);
        await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(Token);
        await database.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ParentId, parent), Token);
        return session.Id;
    }
}
