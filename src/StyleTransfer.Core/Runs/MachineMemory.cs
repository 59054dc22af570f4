using System.Diagnostics;
using System.Globalization;

namespace StyleTransfer.Core.Runs;

/// <summary>How many bytes a run may take now.</summary>
public static class MachineMemory
{
    /// <summary>Of the main memory: what the system says is available, and no more than a container's limit leaves.</summary>
    public static long Free()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        long limit = memory.TotalAvailableMemoryBytes - Environment.WorkingSet;
        return Math.Max(0, Math.Min(limit, ReadMemInfo() ?? limit));
    }

    /// <summary>Of the first NVIDIA device, as its driver's tool tells; null where there is none.</summary>
    public static long? FreeOnCuda()
    {
        try
        {
            using Process? tool = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=memory.free", "--format=csv,noheader,nounits", "--id=0"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            string text = tool?.StandardOutput.ReadLine() ?? "";
            return long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long mebibytes) ? mebibytes << 20 : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // No such tool.
        }
    }

    private static long? ReadMemInfo()
    {
        const string File = "/proc/meminfo";
        const string Key = "MemAvailable:";
        if (!System.IO.File.Exists(File))
        {
            return null;
        }

        string? line = System.IO.File.ReadLines(File).FirstOrDefault(candidate => candidate.StartsWith(Key, StringComparison.Ordinal));
        string? number = line?[Key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes) ? kibibytes << 10 : null;
    }
}
