using System.Collections.Immutable;
using System.CommandLine;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer reconstruct</c>: what a layer keeps of a picture, as figure 1 of Gatys et al. 2016 shows it.</summary>
internal static class ReconstructCommand
{
    private const int DefaultIterations = 200;

    public static Command Create() => new("reconstruct", "Makes a picture from one layer's content, or from a set of layers' style, beginning with noise.")
    {
        Create("content", "Keeps what the layers know of the content: deep ones lose the pixels and keep the arrangement.", isStyle: false),
        Create("style", "Keeps the layers' style statistics only: a texture without the arrangement.", isStyle: true),
    };

    private static Command Create(string name, string description, bool isStyle)
    {
        Option<string> image = new("--image") { Description = "The picture.", Required = true, HelpName = "FILE" };
        Option<string> layers = new("--layers") { Description = isStyle ? "relu1_1,relu2_1,…" : "relu4_2, or several.", Required = true, HelpName = "L[:W],…" };
        Option<string> output = new("--output", "-o") { Description = "Where the result goes: .png, .jpg, .webp or .tif.", Required = true, HelpName = "FILE" };
        Option<int> size = new("--size") { Description = "Longer edge of the result in pixels.", DefaultValueFactory = _ => 384, HelpName = "PIXELS" };
        Option<int> iterations = new("--iterations") { Description = "Iterations at each scale.", DefaultValueFactory = _ => DefaultIterations, HelpName = "N" };
        Option<long> seed = new("--seed") { Description = "Seed of the noise.", HelpName = "N" };
        Option<string?> trace = new("--trace") { Description = "Writes every iteration's losses as JSON.", HelpName = "FILE" };
        EncoderChoice encoderChoice = new();
        Command command = new(name, description) { image, layers, output, size, iterations, seed, trace };
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            OutputPicture destination = OutputPicture.Check(parsed.GetValue(output)!, bitDepth: 8);
            InputPicture picture = InputPicture.Read(parsed.GetValue(image)!);
            ImmutableArray<LayerWeight> chosen = LayerWeight.Parse(parsed.GetValue(layers)!);
            Recipe recipe = Reconstructions.Recipe(isStyle, picture.Id, chosen, parsed.GetValue(size)) with { Seed = parsed.GetValue(seed) };
            recipe = recipe with { Schedule = recipe.Schedule with { FirstIterations = parsed.GetValue(iterations), Iterations = parsed.GetValue(iterations) } };
            RecipeValidation.Check(recipe);
            using Encoder encoder = encoderChoice.Load(parsed, recipe.Encoder);
            TransferInputs inputs = isStyle ? new TransferInputs { Styles = [picture.Pixels] } : new TransferInputs { Content = picture.Pixels };
            return new TerminalRun(parsed, destination) { TracePath = parsed.GetValue(trace) }.Execute(recipe, inputs, encoder);
        });
        return command;
    }
}
