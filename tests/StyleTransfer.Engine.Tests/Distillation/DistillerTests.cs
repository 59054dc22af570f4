using System.Collections.Immutable;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Engine.Distillation;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Tests.Encoders;
using StyleTransfer.Engine.Tests.Running;
using TorchSharp;

namespace StyleTransfer.Engine.Tests.Distillation;

public sealed class DistillerTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("styletransfer-distill-");

    public DistillerTests()
    {
        string images = Path.Combine(folder.FullName, "images");
        Directory.CreateDirectory(images);
        for (int i = 0; i < 3; i++)
        {
            File.WriteAllBytes(Path.Combine(images, $"{i}.png"), ImageWriter.Write(Worlds.Picture(140, 120, seed: i), new ImageWriteOptions()));
        }
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Run_FromRandomWeights_ComesNearerToTheTeacher()
    {
        using Encoder teacher = Teacher();
        DistillationOptions begun = Options("begun") with { Steps = 1 };
        DistillationOptions trained = Options("trained") with { Steps = 120, ReportEvery = 30 };
        List<DistillationReport> reports = [];

        Distiller.Run(teacher, begun, _ => { }, CancellationToken.None);
        DistillationReport last = Distiller.Run(teacher, trained, reports.Add, CancellationToken.None);

        Assert.Equal([30, 60, 90, 120], reports.Select(report => report.Step));
        Assert.Equal(120, last.Step);
        Assert.True(double.IsFinite(last.Loss));
        // One picture that neither has seen: what training itself reports is of other crops each time.
        using torch.Tensor picture = PixelTensors.ToTensor(Worlds.Picture(96, 80, seed: 9), torch.CPU);
        Assert.All(["relu1_1", "relu1_2"], layer =>
        {
            (double before, double after) = (Error(begun.Output, layer), Error(trained.Output, layer));
            Assert.True(after < 0.9 * before, $"{layer}: {before} became {after}");
        });

        double Error(string student, string layer)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using Encoder encoder = Encoder.Load(student, torch.CPU);
            torch.Tensor wanted = teacher.Features(picture, [layer], EncoderMode.Default)[layer];
            torch.Tensor found = encoder.Features(picture, [layer], EncoderMode.Default)[layer];
            return ((found - wanted).square().sum() / wanted.square().sum()).item<float>();
        }
    }

    [Fact]
    public void Run_Finished_IsAnEncoderThatTellsHowItWasMade()
    {
        using Encoder teacher = Teacher();
        DistillationOptions options = Options("b") with { Steps = 3, ReportEvery = 2, Seed = 7, Command = "distill --teacher t.safetensors --seed 7" };

        DistillationReport last = Distiller.Run(teacher, options, _ => { }, CancellationToken.None);

        EncoderInfo info = new EncoderCatalog(new EncoderOptions { InstallFolder = folder.FullName }).Resolve(options.Output);
        Assert.Equal(("relu1_1", "relu5_1", 13), (info.Layers[0].Name, info.Layers[^1].Name, info.Layers.Length));
        Assert.Equal("MIT", info.License);
        ImmutableDictionary<string, string> metadata = SafetensorsFile.Read(File.ReadAllBytes(options.Output)).Metadata;
        Assert.Equal((teacher.Sha256, "3", "3", "7", options.Command), (metadata["teacherSha256"], metadata["images"], metadata["steps"], metadata["seed"], metadata["command"]));
        Assert.All(last.Errors, error => Assert.True(metadata.ContainsKey($"error.{error.Key}"), error.Key));
        Assert.Equal(13, last.Errors.Count);
        Assert.All(metadata.Values, value => Assert.DoesNotContain(folder.FullName, value, StringComparison.Ordinal));
        using Encoder student = Encoder.Load(options.Output, torch.CPU);
        using torch.Tensor picture = torch.rand(1, 3, 32, 32);
        Assert.All(student.Features(picture, ["relu4_2", "relu5_1"], EncoderMode.Default).Values, feature => Assert.True(feature.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Run_StoppedAndResumed_EqualsNeverStopped()
    {
        using Encoder teacher = Teacher();
        DistillationOptions whole = Options("whole") with { Steps = 6, ReportEvery = 1 };
        Distiller.Run(teacher, whole, _ => { }, CancellationToken.None);
        DistillationOptions parts = Options("parts") with { Steps = 6, ReportEvery = 1 };
        using CancellationTokenSource stop = new();

        DistillationReport first = Distiller.Run(teacher, parts, report => (report.Step == 3 ? stop : null)?.Cancel(), stop.Token);
        DistillationReport second = Distiller.Run(teacher, parts with { Resume = true }, _ => { }, CancellationToken.None);

        Assert.Equal((3, 6), (first.Step, second.Step));
        SafetensorsFile expected = SafetensorsFile.Read(File.ReadAllBytes(whole.Output));
        SafetensorsFile found = SafetensorsFile.Read(File.ReadAllBytes(parts.Output));
        Assert.All(expected.Entries, entry => Assert.True(expected.Bytes(entry.Name).SequenceEqual(found.Bytes(entry.Name)), entry.Name));
    }

    [Fact]
    public void RandomOf_SeedAndStep_IsTheSameInEveryProcess()
    {
        Assert.Equal(1_261_725_028, Distiller.RandomOf(seed: 7, step: 120).Next());
        Assert.NotEqual(Distiller.RandomOf(7, 120).Next(), Distiller.RandomOf(7, 121).Next());
        Assert.NotEqual(Distiller.RandomOf(7, 120).Next(), Distiller.RandomOf(8, 120).Next());
    }

    [Fact]
    public void Run_ResumedWithAnotherSeed_IsRefused()
    {
        using Encoder teacher = Teacher();
        DistillationOptions options = Options("seed") with { Steps = 1 };
        Distiller.Run(teacher, options, _ => { }, CancellationToken.None);

        RunException error = Assert.Throws<RunException>(() => Distiller.Run(teacher, options with { Resume = true, Seed = 5 }, _ => { }, CancellationToken.None));

        Assert.Contains("another training: its seed is 0, here it is 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NothingToGoOnFrom_SaysHowToBegin()
    {
        using Encoder teacher = Teacher();

        RunException error = Assert.Throws<RunException>(() => Distiller.Run(teacher, Options("none") with { Resume = true }, _ => { }, CancellationToken.None));

        Assert.Contains("leave out --resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TeacherWithoutDeepLayers_IsRefused()
    {
        using Encoder teacher = Worlds.TinyEncoder();

        EncoderException error = Assert.Throws<EncoderException>(() => Distiller.Run(teacher, Options("shallow"), _ => { }, CancellationToken.None));

        Assert.Contains("relu3_2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("relu3_1,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoPicturesOrNowhereToWrite_IsRefusedBeforeTraining()
    {
        using Encoder teacher = Teacher();
        string empty = folder.CreateSubdirectory("empty").FullName;

        Assert.Contains("holds no pictures", Assert.Throws<ImageException>(
            () => Distiller.Run(teacher, Options("x") with { Images = empty }, _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<RunException>(
            () => Distiller.Run(teacher, Options("x") with { Output = Path.Combine(folder.FullName, "nowhere", "x.safetensors") }, _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private DistillationOptions Options(string name) => new()
    {
        Images = Path.Combine(folder.FullName, "images"),
        Output = Path.Combine(folder.FullName, $"{name}.safetensors"),
    };

    // Every layer down to relu5_1, He's scale so that features stay of one size. Sixteen channels, as real encoders have at least:
    // bfloat16 convolutions of five or six gave NaN on a processor with AMX.
    private static Encoder Teacher()
    {
        List<TensorToWrite> tensors = [WeightsFiles.Tensor("conv0.weight", 1, 3, 3, 1, 1), WeightsFiles.Tensor("conv0.bias", 2, 3)];
        int inputs = 3;
        foreach (VggConvolution place in EncoderShape.Vgg19.TakeWhile(place => (place.Block, place.Index) is not (5, 2)))
        {
            string name = $"conv{place.Block}{place.Index}";
            const int Outputs = 16;
            TensorToWrite weight = WeightsFiles.Tensor($"{name}.weight", tensors.Count, Outputs, inputs, 3, 3);
            Span<float> values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(((byte[])[.. weight.Bytes.Span]).AsSpan());
            float scale = (float)Math.Sqrt(24.0 / (9 * inputs));
            foreach (ref float value in values)
            {
                value *= scale;
            }

            tensors.Add(weight with { Bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray() });
            tensors.Add(WeightsFiles.Tensor($"{name}.bias", tensors.Count, Outputs));
            inputs = Outputs;
        }

        return Encoder.Load("teacher", WeightsFiles.Write(tensors), torch.CPU);
    }
}
