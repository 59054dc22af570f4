using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Tests.Sharing;

/// <summary>{no, wrong, right password} × every route × {live, expired, revoked, other share}: who gets what.</summary>
public sealed class ShareMatrixTests(StudioApp studio)
{
    private const string Password = "open sesame";

    // Every address that a share of one session has. The page is the only one that asks for the password; the others say nothing.
    private static readonly string[] Files =
    [
        "/1/picture-320.webp", "/1/picture-640.webp", "/1/picture-1280.webp", "/1/content-320.webp", "/1/content-1280.webp", "/1/style1-640.webp", "/1/frame-10.webp", "/1/frame-30.webp",
        "/1/full.png", "/1/recipe.json", "/all.zip",
    ];

    public enum Life { Live, Expired, Revoked, Unknown }

    public enum Key { None, Wrong, Right, OfOtherShare }

    public static TheoryData<Life, Key, bool> Cases()
    {
        TheoryData<Life, Key, bool> cases = [];
        foreach (Life life in Enum.GetValues<Life>())
        {
            foreach (Key key in Enum.GetValues<Key>())
            {
                cases.Add(life, key, true);
            }

            cases.Add(life, Key.None, false);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Share_EveryRoute_OpensOnlyWithLinkAndPassword(Life life, Key key, bool hasPassword)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Shares shares = studio.Services.GetRequiredService<Shares>();
        Session session = await Finished.AddAsync(studio, seed: 10);
        MadeShare share = await ShareAsync(shares, session, hasPassword ? Password : null);
        using HttpClient visitor = Visitor();
        if (hasPassword)
        {
            MadeShare opened = key == Key.OfOtherShare ? await ShareAsync(shares, session, Password) : share;
            string given = key == Key.Wrong ? "open barley" : Password;
            if (key != Key.None)
            {
                using HttpResponseMessage unlocked = await UnlockAsync(visitor, opened.Token, given);
                Assert.Equal(key == Key.Wrong ? HttpStatusCode.Unauthorized : HttpStatusCode.SeeOther, unlocked.StatusCode);
            }
        }

        string link = share.Token;
        switch (life)
        {
            case Life.Revoked:
                Assert.True(await shares.RevokeAsync(share.Share.Id, token));
                break;
            case Life.Unknown:
                link = ShareToken.Create();
                break;
            case Life.Expired:
                await ExpireAsync(share.Share.Id);
                break;
        }

        bool isOpen = life == Life.Live && (!hasPassword || key == Key.Right);
        using HttpResponseMessage page = await visitor.GetAsync($"/s/{link}", token);
        Assert.Equal(life != Life.Live ? HttpStatusCode.NotFound : isOpen ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, page.StatusCode);
        foreach (string file in Files)
        {
            using HttpResponseMessage answer = await visitor.GetAsync($"/s/{link}{file}", token);
            Assert.True(answer.StatusCode == (isOpen ? HttpStatusCode.OK : HttpStatusCode.NotFound), $"{file}: {answer.StatusCode}");
            Assert.Contains("no-store", answer.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        }

        // Link previews are for links that need no password.
        using HttpResponseMessage preview = await visitor.GetAsync($"/s/{link}/preview.jpg", token);
        Assert.Equal(life == Life.Live && !hasPassword ? HttpStatusCode.OK : HttpStatusCode.NotFound, preview.StatusCode);
    }

    [Fact]
    public async Task Share_UnknownExpiredRevokedNotChosen_AnswerAlike()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Shares shares = studio.Services.GetRequiredService<Shares>();
        Session session = await Finished.AddAsync(studio, seed: 11);
        MadeShare expired = await ShareAsync(shares, session, null);
        MadeShare revoked = await ShareAsync(shares, session, null);
        MadeShare locked = await ShareAsync(shares, session, Password);
        MadeShare bare = await shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id], Parts = ShareParts.None }, token);
        await ExpireAsync(expired.Share.Id);
        await shares.RevokeAsync(revoked.Share.Id, token);
        using HttpClient visitor = Visitor();

        string[] gone = [$"/s/{ShareToken.Create()}", "/s/short", $"/s/{expired.Token}", $"/s/{revoked.Token}", $"/s/{locked.Token}/1/full.png", $"/s/{bare.Token}/nonsense/at/all"];
        string[] notChosen = [.. new[] { "2/picture-320.webp", "1/picture-321.webp", "1/full.png", "1/recipe.json", "1/frame-10.webp", "1/content-320.webp", "1/style1-320.webp" }.Select(name => $"/s/{bare.Token}/{name}")];

        HashSet<string> answers = [];
        foreach (string address in gone.Concat(notChosen).Append($"/s/{bare.Token}/all.zip"))
        {
            using HttpResponseMessage answer = await visitor.GetAsync(address, token);
            string body = await answer.Content.ReadAsStringAsync(token);
            answers.Add($"{(int)answer.StatusCode} {answer.Content.Headers.ContentType} {string.Join(';', answer.Headers.Where(header => header.Key != "Date"))} {body}");
        }

        Assert.Single(answers);
        Assert.StartsWith("404", answers.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Share_TooManyWrongPasswords_WaitsEvenWithTheRightOne()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        FakeTimeProvider time = new(DateTimeOffset.UnixEpoch);
        using ShareAttempts attempts = new(time);
        Guid share = Guid.NewGuid();
        string hash = SharePassword.Hash(Password);
        IPAddress guesser = IPAddress.Parse("192.0.2.1");
        for (int i = 0; i < ShareAttempts.FromOneAddress; i++)
        {
            Assert.False(await attempts.TryAsync(share, guesser, "wrong", hash, token));
        }

        Assert.Null(await attempts.TryAsync(share, guesser, Password, hash, token));
        Assert.True(await attempts.TryAsync(share, IPAddress.Parse("192.0.2.2"), Password, hash, token));
        time.Advance(ShareAttempts.Window + TimeSpan.FromSeconds(1));
        Assert.True(await attempts.TryAsync(share, guesser, Password, hash, token));
    }

    [Fact]
    public void Ticket_OtherShareOtherPasswordLaterTampered_IsNotValid()
    {
        Guid share = Guid.NewGuid();
        string hash = SharePassword.Hash(Password);
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(60);
        string ticket = SharePassword.Ticket(share, hash, now.AddHours(1));

        Assert.True(SharePassword.IsValid(ticket, share, hash, now));
        Assert.False(SharePassword.IsValid(ticket, Guid.NewGuid(), hash, now));
        Assert.False(SharePassword.IsValid(ticket, share, SharePassword.Hash(Password), now));
        Assert.False(SharePassword.IsValid(ticket, share, hash, now.AddHours(1)));
        Assert.False(SharePassword.IsValid("9" + ticket, share, hash, now));
        Assert.False(SharePassword.IsValid(null, share, hash, now));
        Assert.False(SharePassword.IsValid("", share, hash, now));
    }

    [Fact]
    public async Task Share_ThirtyDays_ThenExpires()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Session session = await Finished.AddAsync(studio, seed: 12);
        FakeTimeProvider time = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
        Shares shares = new(studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>(), time);
        MadeShare share = await shares.CreateAsync(new NewShare { Kind = ShareKind.Session, Sessions = [session.Id] }, token);

        time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await shares.OpenAsync(share.Token, token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await shares.OpenAsync(share.Token, token));
        Assert.Null(await shares.RenewAsync(share.Share.Id, token));
    }

    private static Task<MadeShare> ShareAsync(Shares shares, Session session, string? password) => shares.CreateAsync(
        new NewShare
        {
            Kind = ShareKind.Session,
            Sessions = [session.Id],
            Title = "What they see",
            Password = password,
            Parts = ShareParts.Inputs | ShareParts.Progress | ShareParts.Download | ShareParts.Recipe,
        },
        TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> UnlockAsync(HttpClient visitor, string link, string password) => visitor.PostAsync(
        $"/s/{link}", new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = password }), TestContext.Current.CancellationToken);

    // Keeps cookies as a browser does, and follows no redirects.
    private HttpClient Visitor() => new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = studio.Client.Address };

    private async Task ExpireAsync(Guid share)
    {
        await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        Share row = (await database.Shares.FindAsync([share], TestContext.Current.CancellationToken))!;
        database.Entry(row).Property(s => s.ExpiresUtc).CurrentValue = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        database.Entry(row).Property(s => s.ExpiresUtc).IsModified = true;
        await database.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}
