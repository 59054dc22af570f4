using System.Runtime.CompilerServices;

namespace StyleTransfer.Engine.Running;

/// <summary>
/// Tells OpenMP's threads to sleep, not spin, while they wait for one another. A waiting thread that spins takes the very core that the
/// thread it waits for needs, as soon as anything else is busy: measured on two cores beside one other busy process, a run took 90 s with
/// spinning and 9 s with sleeping. Spinning for some microseconds only (GOMP_SPINCOUNT=2000) makes iterations at 256 pixels and below a
/// quarter faster on a quiet machine, and up to two and a half times slower beside that process.
/// </summary>
internal static class IdleThreads
{
    // libgomp reads the variable once, when libtorch loads it. A value that the user has set stays.
    // Only a module's start is early enough for every program that uses the engine.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Sleep()
    {
        NativeEnvironment.Suggest("OMP_WAIT_POLICY", "passive");
    }
}
