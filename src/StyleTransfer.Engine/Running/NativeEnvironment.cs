using System.Runtime.InteropServices;

namespace StyleTransfer.Engine.Running;

/// <summary>The environment as native libraries read it, which .NET's own setter does not reach. Linux only.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable that is not set yet.</summary>
    public static void Suggest(string name, string value)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetVariable(name, value, overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
