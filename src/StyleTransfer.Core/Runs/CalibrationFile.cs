using System.Text.Json;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Core.Runs;

/// <summary>Speeds measured on this machine, kept in the user's own folder. Losing it costs a second of measuring again.</summary>
public static class CalibrationFile
{
    private static readonly Lock gate = new();

    private static string Location { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "StyleTransferStudio", "calibration.json");

    /// <param name="key">Encoder's hash, device, precision, threads, the engine's build: whatever the speed depends on.</param>
    public static IterationSpeed? Find(string key)
    {
        lock (gate)
        {
            return Read().GetValueOrDefault(key);
        }
    }

    public static void Keep(string key, IterationSpeed speed)
    {
        lock (gate)
        {
            Dictionary<string, IterationSpeed> speeds = Read();
            speeds[key] = speed;
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Location)!);
                AtomicFile.Write(Location, JsonSerializer.SerializeToUtf8Bytes(speeds));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A user without a folder of their own measures each time.
            }
        }
    }

    private static Dictionary<string, IterationSpeed> Read()
    {
        try
        {
            return File.Exists(Location) ? JsonSerializer.Deserialize<Dictionary<string, IterationSpeed>>(File.ReadAllBytes(Location)) ?? [] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return []; // Unreadable is as good as lost.
        }
    }
}
