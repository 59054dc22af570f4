using System.Text;
using StyleTransfer.Build;

namespace StyleTransfer.Engine.Tests.Build;

public sealed class GlibcxxRequirementTests
{
    private const int Aux = 64 + 2 * 64 + 16;

    [Fact]
    public void Weaken_FileThatAsksForTheVersion_ChangesOneFlagOnly()
    {
        byte[] file = Elf("GLIBCXX_3.4.32");
        byte[] before = [.. file];

        Assert.True(GlibcxxRequirement.IsStrong(file));
        Assert.True(GlibcxxRequirement.Weaken(file));

        int[] changed = [.. Enumerable.Range(0, file.Length).Where(i => file[i] != before[i])];
        Assert.Equal([Aux + 16 + 4], changed);
        Assert.Equal(2, file[changed[0]]);
        Assert.False(GlibcxxRequirement.IsStrong(file));
    }

    [Fact]
    public void Weaken_Twice_ChangesNothingMore()
    {
        byte[] file = Elf("GLIBCXX_3.4.32");
        GlibcxxRequirement.Weaken(file);
        byte[] once = [.. file];

        Assert.False(GlibcxxRequirement.Weaken(file));
        Assert.Equal(once, file);
    }

    [Fact]
    public void Weaken_FileThatAsksForAnOlderVersion_IsLeftAlone()
    {
        byte[] file = Elf("GLIBCXX_3.4.30");
        byte[] before = [.. file];

        Assert.False(GlibcxxRequirement.IsStrong(file));
        Assert.False(GlibcxxRequirement.Weaken(file));
        Assert.Equal(before, file);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(5000)]
    public void Weaken_NotAnElfFile_IsLeftAlone(int length)
    {
        byte[] file = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        byte[] before = [.. file];

        Assert.False(GlibcxxRequirement.Weaken(file));
        Assert.Equal(before, file);
    }

    [Fact]
    public void Bridge_BesideTheProgram_IsMendedAndLoads()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The bridge is mended on Linux only.");
        }

        string bridge = Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).Single();

        Assert.False(GlibcxxRequirement.IsStrong(File.ReadAllBytes(bridge)));
        using TorchSharp.torch.Tensor two = TorchSharp.torch.ones(2).sum();
        Assert.Equal(2f, two.item<float>());
    }

    // The least that has a .gnu.version_r section: a header, two sections, one file with two versions, their names.
    private static byte[] Elf(string version)
    {
        byte[] names = Encoding.ASCII.GetBytes($"\0libstdc++.so.6\0GLIBCXX_3.4\0{version}\0");
        const int Sections = 64;
        const int Need = Sections + 2 * 64;
        int strings = Aux + 2 * 16;
        byte[] file = new byte[strings + names.Length];
        byte[] start = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        start.CopyTo(file, 0);
        Put(file, 40, (long)Sections);
        Put(file, 58, (short)64);
        Put(file, 60, (short)2);

        // Section 0 needs versions and names its strings in section 1.
        Put(file, Sections + 4, 0x6ffffffe);
        Put(file, Sections + 24, (long)Need);
        Put(file, Sections + 40, 1);
        Put(file, Sections + 44, 1);
        Put(file, Sections + 64 + 4, 3);
        Put(file, Sections + 64 + 24, (long)strings);

        Put(file, Need, (short)1);
        Put(file, Need + 2, (short)2);
        Put(file, Need + 4, 1);
        Put(file, Need + 8, 16);

        Put(file, Aux + 8, 16);
        Put(file, Aux + 12, 16);
        Put(file, Aux + 16 + 8, 28);
        names.CopyTo(file, strings);
        return file;
    }

    private static void Put(byte[] file, int at, short value) => BitConverter.TryWriteBytes(file.AsSpan(at), value);

    private static void Put(byte[] file, int at, int value) => BitConverter.TryWriteBytes(file.AsSpan(at), value);

    private static void Put(byte[] file, int at, long value) => BitConverter.TryWriteBytes(file.AsSpan(at), value);
}
