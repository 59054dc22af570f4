using NetVips;

namespace StyleTransfer.Core.Images;

/// <summary>libvips as a server needs it: set up once, before its first use.</summary>
internal static class Vips
{
    static Vips()
    {
        // Every picture is decoded once; remembered operations would only hold pixels and file data in memory.
        Cache.Max = 0;
        Cache.MaxMem = 0;
        Cache.MaxFiles = 0;
        NetVips.NetVips.Concurrency = Math.Min(4, Environment.ProcessorCount);

        // The loaders that libvips itself does not trust with foreign files (SVG, PDF, Matlab, …) can never run here.
        NetVips.NetVips.BlockUntrusted = true;

        // Warnings about odd tags in somebody's picture would only fill the terminal; what matters comes as an exception.
        _ = Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, static (_, _, _) => { });
        SrgbProfile = LoadProfile();
    }

    /// <summary>The sRGB profile that is written into every picture.</summary>
    public static byte[] SrgbProfile { get; }

    /// <summary>Does nothing itself: the first use of the class sets libvips up.</summary>
    public static void Start()
    {
    }

    private static byte[] LoadProfile()
    {
        using Image carrier = Image.Black(1, 1, bands: 3).Copy(interpretation: Enums.Interpretation.Srgb);
        byte[] file = carrier.TiffsaveBuffer(profile: "srgb");
        using Image saved = Image.TiffloadBuffer(file);
        return (byte[])saved.Get("icc-profile-data");
    }
}
