using System.Globalization;
using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary>The catalogue as text: a few lines for each encoder, fit for 80 columns and for grep.</summary>
internal static class EncoderTable
{
    public static void Write(TextWriter output, IReadOnlyList<EncoderInfo> encoders, Func<EncoderInfo, string>? speed)
    {
        foreach (EncoderInfo encoder in encoders)
        {
            output.WriteLine($"{encoder.Name}  [{State(encoder)}]  {encoder.Description}");
            if (encoder.Problem is { } problem)
            {
                output.WriteLine($"  problem   {problem}");
            }

            if (!encoder.Layers.IsEmpty)
            {
                output.WriteLine($"  layers    {encoder.Layers[0].Name} … {encoder.Layers[^1].Name} ({encoder.Layers.Length}); channels {Channels(encoder)}");
            }

            string size = encoder.Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB") : "unknown";
            output.WriteLine($"  size      {size}");
            output.WriteLine($"  licence   {encoder.License}");
            output.WriteLine($"  source    {encoder.Source}");
            if (encoder.Installed)
            {
                output.WriteLine($"  file      {encoder.Path ?? $"inside the program, version {encoder.Version}"}");
                output.WriteLine($"  sha256    {encoder.Sha256}");
            }
            else if (encoder.Name == EncoderCatalog.Vgg19)
            {
                output.WriteLine($"  install   styletransfer encoders install {encoder.Name}");
            }

            if (encoder.Installed && speed is not null)
            {
                output.WriteLine($"  speed     {speed(encoder)}");
            }

            output.WriteLine();
        }
    }

    private static string State(EncoderInfo encoder) =>
        encoder.Problem is not null ? "cannot be used" : encoder.Installed ? "installed" : "not installed";

    // One number for each block, since the layers of a block are alike.
    private static string Channels(EncoderInfo encoder) => string.Join(", ", encoder.Layers
        .GroupBy(layer => layer.Name[..^2])
        .Select(block => string.Join('/', block.Select(layer => layer.Channels).Distinct())));
}
