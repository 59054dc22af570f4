using System.Security.Cryptography;
using CsCheck;
using StyleTransfer.Core;
using StyleTransfer.Core.Storage;

namespace StyleTransfer.Engine.Tests.Storage;

public sealed class FileStoreTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("styletransfer-store-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Add_AnyBytes_AreReadBackUnderTheirHash()
    {
        FileStore store = new(folder.FullName);
        Gen.Byte.Array[0, 2000].Sample(
            bytes =>
            {
                string id = store.Add(bytes);
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), id);
                Assert.True(store.Contains(id));
                Assert.Equal(bytes, store.Read(id));
                using FileStream stream = store.Open(id);
                Assert.Equal(bytes.Length, stream.Length);
            },
            iter: 100);
    }

    [Fact]
    public void Add_TheSameTwice_KeepsOneFileAndDoesNotTouchIt()
    {
        FileStore store = new(folder.FullName);
        string id = store.Add([1, 2, 3]);
        DateTime written = File.GetLastWriteTimeUtc(store.PathOf(id));

        Assert.Equal(id, store.Add([1, 2, 3]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(store.PathOf(id)));
        Assert.Single(Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Add_FromManyThreadsAndTwoStores_NeverShowsAHalfFile()
    {
        byte[] bytes = new byte[400_000];
        new Random(3).NextBytes(bytes);
        string id = Convert.ToHexStringLower(SHA256.HashData(bytes));
        FileStore[] stores = [new(folder.FullName), new(folder.FullName)];
        Task[] writers = [.. Enumerable.Range(0, 8).Select(i => Task.Run(() => stores[i % 2].Add(bytes), TestContext.Current.CancellationToken))];
        Task reader = Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                if (stores[0].Contains(id))
                {
                    Assert.Equal(bytes.Length, stores[0].Read(id).Length);
                }
            }
        }, TestContext.Current.CancellationToken);

        await Task.WhenAll([.. writers, reader]);

        Assert.Equal(bytes, stores[0].Read(id));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.FullName, "incoming")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000g00")]
    [InlineData("ABCDEF0000000000000000000000000000000000000000000000000000000000")]
    public void AnyCall_NameThatIsNoIdentifier_IsRefused(string id)
    {
        FileStore store = new(folder.FullName);

        Assert.False(store.Contains(id));
        Assert.Throws<StoreException>(() => store.PathOf(id));
        Assert.Throws<StoreException>(() => store.Read(id));
        Assert.Throws<StoreException>(() => store.Open(id));
        store.Delete(id);
    }

    [Fact]
    public void Read_DeletedFile_SaysWhatToDo()
    {
        FileStore store = new(folder.FullName);
        string id = store.Add([7]);
        store.Delete(id);

        StoreException error = Assert.Throws<StoreException>(() => store.Read(id));

        Assert.Contains(id, error.Message, StringComparison.Ordinal);
        Assert.False(store.Contains(id));
    }

    [Fact]
    public void AtomicFile_DestinationThatCannotBeWritten_LeavesNothingBehind()
    {
        string taken = Path.Combine(folder.FullName, "taken");
        Directory.CreateDirectory(Path.Combine(taken, "full"));

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(taken, [1, 2, 3]));

        Assert.Equal([taken], Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void AtomicFile_ExistingFile_IsReplacedWhole()
    {
        string path = Path.Combine(folder.FullName, "file");
        AtomicFile.Write(path, new byte[1000]);

        AtomicFile.Write(path, [5]);

        Assert.Equal([5], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.FullName));
    }
}
