using System.Diagnostics;
using System.Text;
using StyleTransfer.Core.Messages;

namespace StyleTransfer.Studio.Tests;

/// <summary>Finds the worker processes of a studio by the address that they were given, and kills them without a word.</summary>
public static class Workers
{
    /// <summary>Kills every worker of the studio, as a native fault would.</summary>
    public static void Kill(Uri studio)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Worker processes are found through /proc, which only Linux has.");
        int killed = 0;
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
            {
                if (IsWorkerOf(process.Id, studio))
                {
                    process.Kill();
                    process.WaitForExit();
                    killed++;
                }
            }
        }

        Assert.True(killed > 0, $"The studio at {studio} has no worker process to kill.");
    }

    private static bool IsWorkerOf(int process, Uri studio)
    {
        string wanted = $"{WorkerEnvironment.StudioAddress}={studio.GetLeftPart(UriPartial.Authority)}";
        try
        {
            return File.ReadAllText($"/proc/{process}/environ", Encoding.UTF8).Split('\0').Contains(wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or belongs to somebody else.
            return false;
        }
    }
}
