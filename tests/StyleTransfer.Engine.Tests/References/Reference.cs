using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Tests.References;

/// <summary>Values that <c>make_references.py</c> beside this file computed with PyTorch and NumPy.</summary>
internal static class Reference
{
    public static JsonElement Of(string file, string name) => JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "References", file))).RootElement.GetProperty(name);

    public static JsonElement Formula(string name) => Of("formulas.json", name);

    public static double[] Numbers(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    public static Tensor Tensor(this JsonElement element, string name, params long[] shape) => tensor(element.Numbers(name), shape);

    public static JsonElement Case(this JsonElement element, string form, bool? masked = null) => element.GetProperty("cases").EnumerateArray().Single(item =>
        item.GetProperty("form").GetString()!.Equals(form, StringComparison.OrdinalIgnoreCase) && (masked is null || item.GetProperty("masked").GetBoolean() == masked));

    /// <summary>Equal within a share of the largest entry.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double share = 1e-9)
    {
        double largest = expected.abs().max().ToDouble();
        double error = (expected.flatten() - actual.to(ScalarType.Float64).flatten()).abs().max().ToDouble();
        Assert.True(error <= share * largest, $"off by {error:G3}, of values up to {largest:G3}");
    }
}
