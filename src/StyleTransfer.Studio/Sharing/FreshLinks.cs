namespace StyleTransfer.Studio.Sharing;

/// <summary>The links that were made on this open page: only here, and only until it is closed, are their tokens known.</summary>
public sealed class FreshLinks
{
    private readonly Dictionary<Guid, string> tokens = [];

    public void Keep(Guid share, string token) => tokens[share] = token;

    public string? Find(Guid share) => tokens.GetValueOrDefault(share);

    public void Forget(Guid share) => tokens.Remove(share);
}
