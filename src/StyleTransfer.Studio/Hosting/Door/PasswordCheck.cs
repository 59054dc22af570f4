using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace StyleTransfer.Studio.Hosting.Door;

/// <summary>How a try at the door ended.</summary>
internal enum DoorAnswer { Welcome, Wrong, TooManyTries }

/// <summary>
/// Compares passwords, slowly and in constant time, and lets nobody guess: after five wrong ones an address waits.
/// </summary>
internal sealed class PasswordCheck : IDisposable
{
    public const int TriesAllowed = 5;
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    private const int Rounds = 210_000;

    // Addresses that are remembered at once; a botnet must not fill the memory.
    private const int MostAddresses = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset First)> wrong = [];
    private readonly SemaphoreSlim oneAtATime = new(1);
    private readonly byte[] salt = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] quickKey = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] expected;
    private readonly TimeProvider time;
    private byte[]? quickExpected;

    public PasswordCheck(IOptions<SecurityOptions> options, TimeProvider time)
    {
        this.time = time;
        expected = Slow(options.Value.Password!, salt);
        Stamp = Convert.ToHexString(Slow(options.Value.Password!, "studio door cookie"u8));
    }

    /// <summary>Part of the cookies' key: another password, and the old cookies open nothing.</summary>
    public string Stamp { get; }

    /// <param name="address">Who tries; its wrong tries are counted.</param>
    public async Task<DoorAnswer> TryAsync(string given, string address, CancellationToken cancellationToken)
    {
        if (IsKnown(given))
        {
            return DoorAnswer.Welcome;
        }

        // One slow comparison at a time: many tries at once must not take the processor from the runs.
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (MustWait(address))
            {
                return DoorAnswer.TooManyTries;
            }

            bool isRight = CryptographicOperations.FixedTimeEquals(await Task.Run(() => Slow(given, salt), cancellationToken), expected);
            Count(address, isRight);
            if (isRight)
            {
                quickExpected = Quick(given);
            }

            return isRight ? DoorAnswer.Welcome : DoorAnswer.Wrong;
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    // A script sends the password with every request. Once it was right, a keyed hash (whose key never leaves this process) says so again.
    private bool IsKnown(string given) => quickExpected is { } known && CryptographicOperations.FixedTimeEquals(Quick(given), known);

    private byte[] Quick(string given) => HMACSHA256.HashData(quickKey, Encoding.UTF8.GetBytes(given));

    private static byte[] Slow(string password, ReadOnlySpan<byte> salt) => Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA256, 32);

    private bool MustWait(string address)
    {
        lock (gate)
        {
            return wrong.TryGetValue(address, out (int Count, DateTimeOffset First) tries) && tries.Count >= TriesAllowed && time.GetUtcNow() - tries.First < Wait;
        }
    }

    private void Count(string address, bool isRight)
    {
        lock (gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (isRight)
            {
                wrong.Remove(address);
                return;
            }

            if (wrong.Count >= MostAddresses)
            {
                wrong.Clear();
            }

            wrong[address] = wrong.TryGetValue(address, out (int Count, DateTimeOffset First) tries) && now - tries.First < Wait
                ? (tries.Count + 1, tries.First)
                : (1, now);
        }
    }
}
