using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StyleTransfer.Engine.Running;

/// <summary>
/// Tells glibc what to keep of the memory that libtorch gives back during a run. An iteration takes and gives back the same feature maps,
/// up to tens of megabytes each; as it comes, glibc hands them to the system and has them mapped, page by page, again: a sixth of an
/// iteration with VGG-19's shapes at 512². Kept, they are there at once, but small blocks settle in the holes: with VGG-19's shapes the
/// process grew over ten iterations to half as much again. So small runs keep their maps, and large ones map them anew, in huge pages
/// where the system has them: it costs three to six per cent of the time, and without those a fifth.
/// </summary>
internal static partial class NativeHeap
{
    // From malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    // Runs that take more are large.
    private const long SmallRun = 230_000_000;

    // The largest block that is kept.
    private const int OfSmallRuns = 1 << 25;
    private const int OfLargeRuns = 1 << 22;

    private static bool isGlibc = true;

    // Before any thread has a heap of its own: those cannot hold large blocks, and the run's thread is to use the process's one.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Keep()
    {
        isGlibc = OperatingSystem.IsLinux();
        Try(() => MallOpt(ArenaMax, 1));
        Try(() => MallOpt(TrimThreshold, int.MaxValue));
        Suit(0);
        // libtorch asks when it takes its first memory. A value that the user has set stays.
        NativeEnvironment.Suggest("THP_MEM_ALLOC_ENABLE", "1");
    }

    /// <summary>For what comes now.</summary>
    /// <param name="bytes">That a run takes.</param>
    public static void Suit(long bytes) => Try(() => MallOpt(MmapThreshold, bytes > SmallRun ? OfLargeRuns : OfSmallRuns));

    /// <summary>Gives everything back that is not in use: where sizes change, or a run is over.</summary>
    public static void GiveBack()
    {
        // Pictures on their way to tensors, which the collector would let lie until there is as much again.
        GC.Collect();
        Try(() => MallocTrim(0));
    }

    private static void Try(Func<int> call)
    {
        if (!isGlibc)
        {
            return;
        }

        try
        {
            _ = call();
        }
        catch (EntryPointNotFoundException)
        {
            isGlibc = false; // musl has no such knobs.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint kept);
}
