using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Engine.Running;

/// <summary>
/// Tells glibc what to keep of the memory that libtorch gives back during a run. Small blocks stay in the process: as it comes, glibc would
/// hand them to the system and have them mapped, page by page, again. Feature maps are kept where all of them together are small: that makes
/// an iteration at 512² with the compact encoder a tenth faster. Else large ones are mapped anew each time, in huge pages where the system
/// has them (a third faster at 1024²): kept, they would leave holes in which small blocks settle, and with VGG-19's shapes at 512² the
/// process grew over ten iterations to one and a half times its size.
/// </summary>
internal static partial class NativeHeap
{
    // From malloc.h.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    private const int LargestKept = 1 << 22;
    private const int LargestOfFew = 1 << 25; // The most that glibc allows.

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
        // libtorch asks when it takes its first memory. A value that the user has set stays.
        NativeEnvironment.Suggest("THP_MEM_ALLOC_ENABLE", "1");
    }

    /// <summary>Chooses for what comes next, which is of other sizes than what was: where it is much, what is not in use goes back first.</summary>
    /// <param name="features">Bytes of all feature maps of an iteration.</param>
    public static void Expect(long features)
    {
        bool areFew = features <= RunMemory.KeptFeatures;
        Try(() => MallOpt(MmapThreshold, areFew ? LargestOfFew : LargestKept));
        if (!areFew)
        {
            GiveBack();
        }
    }

    /// <summary>Gives everything back that is not in use: where a run is over, or sizes change and memory is dear.</summary>
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
