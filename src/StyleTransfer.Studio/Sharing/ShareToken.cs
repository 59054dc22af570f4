using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace StyleTransfer.Studio.Sharing;

/// <summary>What makes a link unguessable. Whoever reads the database finds the hash only, and cannot go back from it.</summary>
internal static class ShareToken
{
    private const int Bytes = 32;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
