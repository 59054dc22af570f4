using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace StyleTransfer.Studio.Sharing;

/// <summary>A share's password: PBKDF2 with SHA-256, slow on purpose, salted, its cost written beside it.</summary>
internal static class SharePassword
{
    public const int Shortest = 6;
    public const int Longest = 200;

    // What OWASP asks of PBKDF2-HMAC-SHA256.
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;

    public static string Hash(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] key = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, KeyBytes);
        return string.Create(CultureInfo.InvariantCulture, $"pbkdf2-sha256.{Iterations}.{Convert.ToHexStringLower(salt)}.{Convert.ToHexStringLower(key)}");
    }

    public static bool Matches(string password, string hash)
    {
        string[] parts = hash.Split('.');
        byte[] key = Rfc2898DeriveBytes.Pbkdf2(
            password.Length > Longest ? password[..Longest] : password,
            Convert.FromHexString(parts[2]),
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            HashAlgorithmName.SHA256,
            KeyBytes);
        return CryptographicOperations.FixedTimeEquals(key, Convert.FromHexString(parts[3]));
    }

    /// <summary>What a browser keeps once it gave the password: good for this share and this password, until a time.</summary>
    public static string Ticket(Guid share, string hash, DateTimeOffset until)
    {
        string claim = until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{claim}.{Sign(share, hash, claim)}";
    }

    public static bool IsValid(string? ticket, Guid share, string hash, DateTimeOffset now) =>
        ticket?.Split('.') is [string claim, string signature]
        && long.TryParse(claim, NumberStyles.None, CultureInfo.InvariantCulture, out long until)
        && until > now.ToUnixTimeSeconds()
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(Sign(share, hash, claim)));

    // The stored hash never leaves the studio, so it can sign; a new password makes old tickets void.
    private static string Sign(Guid share, string hash, string claim) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes($"{share:N}.{claim}")));
}
