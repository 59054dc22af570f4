using System.Security.Cryptography;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Safetensors;

namespace StyleTransfer.Engine.Tests.Encoders;

public sealed class EncoderCatalogTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("styletransfer-catalog-");

    public void Dispose() => folder.Delete(recursive: true);

    private EncoderCatalog Catalog => new(new EncoderOptions { SearchPaths = [folder.FullName], InstallFolder = Path.Combine(folder.FullName, "installed") });

    [Fact]
    public void List_CompactFile_TellsItsLayersLicenceAndHash()
    {
        byte[] file = WeightsFiles.Write(WeightsFiles.Compact(), ("license", "MIT"), ("source", "a test"));
        string path = Put("mine.safetensors", file);

        EncoderInfo entry = Catalog.List().Single(entry => entry.Name == "mine");

        Assert.True(entry.Installed);
        Assert.Equal(EncoderKind.Compact, entry.Kind);
        Assert.Equal([new("relu1_1", 2), new("relu1_2", 2), new("relu2_1", 4)], entry.Layers);
        Assert.Equal(("MIT", "a test", (long?)file.Length, path), (entry.License, entry.Source, entry.Bytes, entry.Path));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), entry.Sha256);
        Assert.Equal(file, entry.Read());
    }

    [Fact]
    public void List_Nothing_StillNamesVgg19AndHowToInstallIt()
    {
        EncoderInfo entry = Catalog.List().Single(entry => entry.Name == "vgg19");

        Assert.False(entry.Installed);
        Assert.Equal(16, entry.Layers.Length);
        Assert.Equal(new EncoderLayer("relu4_2", 512), entry.Layers[9]);
        Assert.InRange(entry.Bytes!.Value, 79_000_000, 81_000_000);
        EncoderException error = Assert.Throws<EncoderException>(() => Catalog.Resolve("vgg19"));
        Assert.Contains("styletransfer encoders install vgg19", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void List_FileReplaced_GivesTheNewHash()
    {
        string path = Put("mine.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));
        string first = Catalog.Resolve("mine").Sha256!;
        File.WriteAllBytes(path, WeightsFiles.Write(WeightsFiles.Compact(channels: 3)));

        Assert.NotEqual(first, Catalog.Resolve("mine").Sha256);
    }

    [Fact]
    public void Resolve_Auto_PrefersVgg19ThenCompactThenTheFirstFound()
    {
        Put("another.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));
        Assert.Equal(("compact", null), (Catalog.Resolve("auto").Name, Catalog.Resolve("auto").Path));

        Put("compact.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));
        Assert.Equal("compact", Catalog.Resolve("auto").Name);

        Put("installed/vgg19.safetensors", WeightsFiles.Write(WeightsFiles.Vgg19(hasClassifier: false)));
        EncoderInfo vgg = Catalog.Resolve("auto");
        Assert.Equal(("vgg19", EncoderKind.Vgg19, "BSD-3-Clause"), (vgg.Name, vgg.Kind!.Value, vgg.License));
    }

    [Fact]
    public void Resolve_Path_TakesThatFile()
    {
        string path = Put("deep/er/own.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));

        Assert.Equal(path, Catalog.Resolve(path).Path);
    }

    [Fact]
    public void Resolve_FileNameAlone_IsLookedForInTheSearchPaths()
    {
        string path = Put("own.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));

        Assert.Equal(path, Catalog.Resolve("own.safetensors").Path);
    }

    [Fact]
    public void Resolve_UnknownName_SaysWhatIsKnown()
    {
        Put("mine.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));

        EncoderException error = Assert.Throws<EncoderException>(() => Catalog.Resolve("vgg16"));

        Assert.Contains("vgg16", error.Message, StringComparison.Ordinal);
        Assert.Contains("mine", error.Message, StringComparison.Ordinal);
        Assert.Contains("vgg19", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Resolve_HashOfAnotherFile_FindsThatFile()
    {
        Put("mine.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));
        byte[] old = WeightsFiles.Write(WeightsFiles.Compact(), ("description", "as it was last year"));
        string path = Put("mine-of-last-year.safetensors", old);

        EncoderInfo entry = Catalog.Resolve("mine", Convert.ToHexStringLower(SHA256.HashData(old)));

        Assert.Equal(path, entry.Path);
    }

    [Fact]
    public void Resolve_HashUnderAnotherName_FindsThatFile()
    {
        byte[] file = WeightsFiles.Write(WeightsFiles.Compact());
        string path = Put("renamed-since.safetensors", file);

        Assert.Equal(path, Catalog.Resolve("as-it-was-called", Convert.ToHexStringLower(SHA256.HashData(file))).Path);
    }

    [Fact]
    public void Resolve_EmbeddedVersions_AreEachFoundByTheirHash()
    {
        Assert.All(EmbeddedEncoders.All, embedded =>
        {
            byte[] file = embedded.Read();
            EncoderInfo entry = Catalog.Resolve(embedded.Name, Convert.ToHexStringLower(SHA256.HashData(file)));
            Assert.Equal((embedded.Name, embedded.Version, null), (entry.Name, entry.Version, entry.Path));
            Assert.Equal(file, entry.Read());
        });
        Assert.Equal(EmbeddedEncoders.All.Where(encoder => encoder.Name == EncoderCatalog.Compact).Max(encoder => encoder.Version), Catalog.Resolve(EncoderCatalog.Compact).Version);
        Assert.InRange(Catalog.Resolve(EncoderCatalog.Compact).Bytes!.Value, 1, 4_000_000);
    }

    [Fact]
    public void Resolve_HashThatIsNowhere_SaysSo()
    {
        Put("mine.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));

        EncoderException error = Assert.Throws<EncoderException>(() => Catalog.Resolve("mine", new string('0', 64)));

        Assert.Contains("not here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.pth")]
    [InlineData("net.pt")]
    [InlineData("disguised.safetensors")]
    public void Resolve_Pickle_IsNeverOpenedAndSaysHowToGetTheOther(string name)
    {
        string path = Put(name, "PK\u0003\u0004archive/data.pkl"u8.ToArray());

        EncoderException error = Assert.Throws<EncoderException>(() => Catalog.Resolve(path));

        Assert.Contains("pickle", error.Message, StringComparison.Ordinal);
        Assert.Contains("encoders install vgg19", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "key", "It has no 'conv12.bias'" },
        { "shape", "'conv21.weight' has the shape 4×3×3×3, expected 4×2×3×3" },
        { "type", "holds I32" },
        { "other", "It is not an encoder: it has model.embedding" },
        { "cut", "header" },
        { "text", "safetensors" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void List_FileThatIsNoEncoder_IsShownWithTheReason(string fault, string expected)
    {
        List<TensorToWrite> tensors = WeightsFiles.Compact();
        byte[] file = fault switch
        {
            "key" => WeightsFiles.Write([.. tensors.Where(tensor => tensor.Name != "conv12.bias")]),
            "shape" => WeightsFiles.Write([.. tensors.Take(6), WeightsFiles.Tensor("conv21.weight", 7, 4, 3, 3, 3), tensors[7]]),
            "type" => WeightsFiles.Write([tensors[0] with { Type = TensorType.I32 }, .. tensors.Skip(1)]),
            "other" => WeightsFiles.Write([WeightsFiles.Tensor("model.embedding", 1, 4, 4)]),
            "cut" => WeightsFiles.Write(tensors)[..40],
            _ => "this is a text and not a weights file at all"u8.ToArray(),
        };
        Put("faulty.safetensors", file);

        EncoderInfo entry = Catalog.List().Single(entry => entry.Name == "faulty");
        EncoderException error = Assert.Throws<EncoderException>(() => Catalog.Resolve("faulty"));

        Assert.False(entry.Installed);
        Assert.Contains(expected, entry.Problem, StringComparison.Ordinal);
        Assert.Contains(entry.Problem!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileChangedSinceListed_IsRefused()
    {
        string path = Put("mine.safetensors", WeightsFiles.Write(WeightsFiles.Compact()));
        EncoderInfo entry = Catalog.Resolve("mine");
        File.WriteAllBytes(path, WeightsFiles.Write(WeightsFiles.Compact(channels: 3)));

        Assert.Throws<EncoderException>(() => entry.Read());
    }

    [Fact]
    public void Options_SettingsBesideTheSolution_AreFoundFromTheProgramAndRelativeToThem()
    {
        Put("repo/StyleTransfer.sln", []);
        Put("repo/appsettings.json", """{ /* here */ "Encoders": { "SearchPaths": ["../models", "own"], "InstallFolder": "put", "Vgg19": { "Addresses": ["http://localhost/x"] } } }"""u8.ToArray());
        string program = Path.Combine(folder.FullName, "repo", "src", "App", "bin", "Release");
        Directory.CreateDirectory(program);

        EncoderOptions options = EncoderOptions.Load(program, environment: null);

        string root = folder.FullName;
        Assert.Equal([Path.Combine(root, "models"), Path.Combine(root, "repo", "own")], options.SearchPaths);
        Assert.Equal(Path.Combine(root, "repo", "put"), options.InstallFolder);
        Assert.Equal(["http://localhost/x"], options.Vgg19Addresses);
    }

    [Fact]
    public void Options_Environment_ComesFirstAndIsInstalledTo()
    {
        Put("app/appsettings.json", """{ "Encoders": { "SearchPaths": "own" } }"""u8.ToArray());
        string program = Path.Combine(folder.FullName, "app");
        string one = Path.Combine(folder.FullName, "one");
        string two = Path.Combine(folder.FullName, "two");

        EncoderOptions options = EncoderOptions.Load(program, $"{one}{Path.PathSeparator}{two}");

        Assert.Equal([one, two, Path.Combine(program, "own")], options.SearchPaths);
        Assert.Equal(one, options.InstallFolder);
    }

    [Fact]
    public void Options_BrokenSettings_NameTheFile()
    {
        string path = Put("app/appsettings.json", "{ \"Encoders\": 7 }"u8.ToArray());

        EncoderException error = Assert.Throws<EncoderException>(() => EncoderOptions.Load(Path.Combine(folder.FullName, "app"), environment: null));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    private string Put(string name, byte[] file)
    {
        string path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file);
        return path;
    }
}
