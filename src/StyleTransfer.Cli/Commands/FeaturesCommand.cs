using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Safetensors;
using StyleTransfer.Core.Storage;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer features</c>: what the encoder sees, for other programs.</summary>
internal static class FeaturesCommand
{
    public static Command Create()
    {
        Option<string> image = new("--image") { Description = "The picture.", Required = true, HelpName = "FILE" };
        Option<string> layers = new("--layers") { Description = "relu1_1,relu4_2,…; conv… for before the ReLU.", Required = true, HelpName = "L,…" };
        Option<string> output = new("--output", "-o") { Description = "A safetensors file: a tensor [1, C, H, W] for each layer, float32.", Required = true, HelpName = "FILE" };
        Option<int?> size = new("--size") { Description = "Shrinks the picture to this longer edge first.", HelpName = "PIXELS" };
        EncoderChoice encoderChoice = new();
        Command command = new("features", "Writes the encoder's features of a picture.") { image, layers, output, size };
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            InputPicture picture = InputPicture.Read(parsed.GetValue(image)!);
            PixelImage pixels = parsed.GetValue(size) is { } edge ? Shrunk(picture.Pixels, edge) : picture.Pixels;
            using Encoder encoder = encoderChoice.Load(parsed, new EncoderReference());
            string[] names = [.. parsed.GetValue(layers)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
            if (names.Length == 0)
            {
                throw new RecipeException($"--layers names none; allowed are {string.Join(", ", encoder.Layers)}.");
            }

            ImmutableArray<TensorToWrite> tensors = FeatureFile.Of(pixels, names, encoder);
            AtomicFile.Write(parsed.GetValue(output)!, SafetensorsWriter.Write(tensors, new Dictionary<string, string>
            {
                ["encoder"] = encoder.Name,
                ["encoderSha256"] = encoder.Sha256,
                ["image"] = picture.Id,
            }));
            foreach (TensorToWrite tensor in tensors)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tensor.Name}  {string.Join('×', tensor.Shape)}"));
            }

            return CommandRunner.Success;
        });
        return command;
    }

    private static PixelImage Shrunk(PixelImage image, int edge)
    {
        int longer = Math.Max(image.Width, image.Height);
        if (edge < RecipeValidation.SmallestSize || edge > longer)
        {
            throw new RecipeException($"--size is {edge}; allowed are {RecipeValidation.SmallestSize} to {longer}, the picture's own longer edge.");
        }

        (int width, int height) = ImageScaler.Fit(image.Width, image.Height, edge);
        return ImageScaler.Resize(image, width, height);
    }
}
