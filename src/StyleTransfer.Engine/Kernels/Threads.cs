using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Kernels;

/// <summary>How work is spread over the processor's cores.</summary>
internal static unsafe class Threads
{
    // Of MKL, which libtorch has inside; another library's linear algebra goes on as it likes.
    private static readonly delegate* unmanaged<int, int> setForThisThread = (delegate* unmanaged<int, int>)TorchExports.Find("MKL_Set_Num_Threads_Local");

    /// <summary>Calls with each share's place, the first ones first, on as many threads as libtorch uses.</summary>
    public static void Share(int shares, Action<int> work)
    {
        int threads = Math.Min(shares, get_num_threads());
        int next = -1;
        void TakeThem(int thread)
        {
            int share;
            while ((share = Interlocked.Increment(ref next)) < shares)
            {
                work(share);
            }
        }

        if (threads <= 1)
        {
            TakeThem(0);
            return;
        }

        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, TakeThem);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>
    /// Until it is disposed, linear algebra that this thread asks for stays on it. Decompositions of feature covariances are too small to
    /// share: waking a second thread some hundred times makes that of 128 channels three times slower.
    /// </summary>
    public static Alone OnThisThread() => new(setForThisThread == null ? 0 : setForThisThread(1));

    internal readonly ref struct Alone(int before)
    {
        public void Dispose()
        {
            if (setForThisThread != null)
            {
                _ = setForThisThread(before);
            }
        }
    }
}
