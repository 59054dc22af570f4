using System.Text.Json;
using StyleTransfer.Engine.Encoders;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.References;

/// <summary>The whole encoder against PyTorch: every layer of the compact network, at positions picked at random.</summary>
public sealed class EncoderReferenceTests
{
    private const string Weights = "compact-vgg19-teacher.safetensors";

    [Fact]
    public void Features_CompactTeacher_EqualPyTorchs()
    {
        string path = FindShared() is { } folder ? Path.Combine(folder, "models", Weights) : "";
        Assert.SkipUnless(File.Exists(path), $"../shared/models/{Weights} is not here");
        using DisposeScope scope = NewDisposeScope();
        using Encoder encoder = Encoder.Load(path, CPU);
        JsonElement layers = Reference.Of("compact-teacher.json", "layers");
        string[] names = [.. layers.EnumerateObject().Select(layer => layer.Name)];

        IReadOnlyDictionary<string, Tensor> features = encoder.Features(Waves(64, 48), names, EncoderMode.Default);

        Assert.Equal(encoder.Layers.Count(layer => layer.StartsWith("relu", StringComparison.Ordinal)), names.Length);
        foreach (JsonProperty layer in layers.EnumerateObject())
        {
            Tensor flat = features[layer.Name].flatten();
            double largest = layer.Value.GetProperty("largest").GetDouble();
            Assert.Equal(layer.Value.GetProperty("shape").EnumerateArray().Select(edge => edge.GetInt64()), features[layer.Name].shape);
            Assert.Equal(layer.Value.GetProperty("mean").GetDouble(), flat.mean().ToDouble(), 1e-4 * largest);
            foreach ((double at, double value) in layer.Value.Numbers("at").Zip(layer.Value.Numbers("values")))
            {
                Assert.Equal(value, flat[(long)at].ToDouble(), 1e-4 * Math.Max(Math.Abs(value), 1e-2 * largest));
            }
        }
    }

    // The script's picture.
    private static Tensor Waves(int width, int height)
    {
        float[] rgb = new float[3 * width * height];
        for (int c = 0; c < 3; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    rgb[(c * height + y) * width + x] = (float)(0.5 + 0.5 * Math.Sin(0.9 * x + 1.7 * c) * Math.Cos(0.6 * y - 0.8 * c));
                }
            }
        }

        return tensor(rgb, [1, 3, height, width]);
    }

    private static string? FindShared()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string shared = Path.Combine(folder.FullName, "..", "shared");
            if (File.Exists(Path.Combine(folder.FullName, "StyleTransfer.sln")))
            {
                return Directory.Exists(shared) ? shared : null;
            }
        }

        return null;
    }
}
