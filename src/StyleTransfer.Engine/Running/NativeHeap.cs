using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StyleTransfer.Engine.Running;

/// <summary>
/// Tells glibc to keep what libtorch gives back during a run. An iteration takes and gives back the same feature maps, tens of
/// megabytes each; as it comes, glibc hands them to the system and has them mapped, page by page, again: a sixth of an iteration
/// with VGG-19's shapes at 512².
/// </summary>
internal static partial class NativeHeap
{
    // From malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    // Larger blocks are mapped anew each time: kept, they would leave holes that cost a quarter more memory at 512² with VGG-19's shapes.
    private const int LargestKept = 1 << 25;

    private static bool isGlibc = true;

    // Before any thread has a heap of its own: those cannot hold large blocks, and the run's thread is to use the process's one.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Keep()
    {
        isGlibc = OperatingSystem.IsLinux();
        Try(() => MallOpt(ArenaMax, 1));
        Try(() => MallOpt(MmapThreshold, LargestKept));
        Try(() => MallOpt(TrimThreshold, int.MaxValue));
    }

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
