using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace StyleTransfer.Studio.Hosting;

/// <summary>Runs work on a thread of its own that only gets what everything else leaves of the processor.</summary>
/// <remarks>
/// .NET's thread priorities do nothing on Linux, where each thread has a niceness of its own; elsewhere the thread is an ordinary one.
/// Threads that such a thread starts are as nice as itself: the work must start none that outlive it, so nothing of libvips, nothing
/// given to the thread pool, and loops that share themselves out may only do so where cores are left over. For the same reason an
/// ordinary thread waits for it and tells of its end: what goes on then is given to the pool, whose workers, gate and timer would
/// stay nice for as long as the studio runs. A collection of garbage that begins on it goes on beside it as nicely; the collector's
/// thread ends when it has had nothing to do for a while.
/// </remarks>
internal static partial class SpareThread
{
    // From sys/resource.h: of one thread, here the calling one.
    private const int PrioProcess = 0;
    private const int Nicest = 19;

    public static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => RunNicely(work), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static T RunNicely<T>(Func<T> work)
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount > 2)
        {
            return work();
        }

        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread nice = new(() =>
        {
            // Refused, it is an ordinary thread.
            _ = SetPriority(PrioProcess, 0, Nicest);
            try
            {
                result = work();
            }
            // Whatever it is, the caller hears of it; on a thread of its own it would end the studio.
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        nice.Start();
        nice.Join();
        failure?.Throw();
        return result;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
