using System.Net;

namespace StyleTransfer.Studio.Sharing;

/// <summary>
/// Limits how often a share's password may be tried: a few times from one address, more often from all together, so that one
/// guesser does not lock everybody out at once.
/// </summary>
internal sealed class ShareAttempts(TimeProvider time) : IDisposable
{
    public const int FromOneAddress = 5;
    public const int FromAll = 50;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<(Guid, IPAddress?), (int Count, DateTimeOffset Until)> failures = [];

    // The hash takes a third of a second of a core: one at a time, so that guessing does not stop the studio.
    private readonly SemaphoreSlim hashing = new(1);

    /// <summary>True, false, or null where too many were wrong of late.</summary>
    public async Task<bool?> TryAsync(Guid share, IPAddress? address, string password, string hash, CancellationToken cancellationToken)
    {
        if (!MayTry(share, address))
        {
            return null;
        }

        await hashing.WaitAsync(cancellationToken);
        try
        {
            // Those who waited in line together must not all get through.
            if (!MayTry(share, address))
            {
                return null;
            }

            bool isRight = await Task.Run(() => SharePassword.Matches(password, hash), cancellationToken);
            if (!isRight)
            {
                Fail(share, address);
            }

            return isRight;
        }
        finally
        {
            hashing.Release();
        }
    }

    public void Dispose() => hashing.Dispose();

    private bool MayTry(Guid share, IPAddress? address)
    {
        lock (gate)
        {
            return Count((share, address)) < FromOneAddress && Count((share, null)) < FromAll;
        }
    }

    private void Fail(Guid share, IPAddress? address)
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            foreach ((Guid, IPAddress?) old in failures.Where(failure => failure.Value.Until <= now).Select(failure => failure.Key).ToList())
            {
                failures.Remove(old);
            }

            foreach ((Guid, IPAddress?) key in new HashSet<(Guid, IPAddress?)> { (share, address), (share, null) })
            {
                failures[key] = (Count(key) + 1, failures.TryGetValue(key, out var former) ? former.Until : now + Window);
            }
        }
    }

    private int Count((Guid, IPAddress?) key) =>
        failures.TryGetValue(key, out (int Count, DateTimeOffset Until) failure) && failure.Until > time.GetUtcNow() ? failure.Count : 0;
}
