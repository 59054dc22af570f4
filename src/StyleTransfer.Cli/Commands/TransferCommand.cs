using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using StyleTransfer.Cli.Pictures;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;
using StyleTransfer.Engine;
using StyleTransfer.Engine.Encoders;
using StyleTransfer.Engine.Running;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer transfer</c>: a photo and one or more paintings become a picture.</summary>
internal static class TransferCommand
{
    public static Command Create()
    {
        Option<string> content = new("--content", "-c") { Description = "The photo whose content is kept.", Required = true, HelpName = "FILE" };
        Option<string[]> styles = new("--style", "-s")
        {
            Description = "The painting whose style is taken; several to mix them.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        Option<string?> styleWeights = new("--style-weights") { Description = "One number for each style, such as 2,1.", HelpName = "X,…" };
        Option<string> output = new("--output", "-o") { Description = "Where the result goes: .png, .jpg, .webp or .tif.", Required = true, HelpName = "FILE" };
        Option<int> bits = new("--bits") { Description = "8, or 16 for .png and .tif.", DefaultValueFactory = _ => 8, HelpName = "N" };
        bits.AcceptOnlyFromAmong("8", "16");
        Option<string?> recipeFile = new("--recipe") { Description = "A recipe's JSON, or a picture that this program made: does the same again.", HelpName = "FILE" };
        Option<string?> checkpointFile = new("--checkpoint") { Description = "Keeps the state here every two minutes and at the end.", HelpName = "FILE" };
        Option<string?> resume = new("--resume") { Description = "A checkpoint to go on from.", HelpName = "FILE" };
        Option<int?> extend = new("--extend") { Description = "With --resume: more iterations at the last scale.", HelpName = "N" };
        Option<string?> trace = new("--trace") { Description = "Writes every iteration's losses as JSON.", HelpName = "FILE" };
        Option<string?> map = new("--map") { Description = "Writes a picture of where the result is still far from the style: black fits, white does not.", HelpName = "FILE" };
        Option<int?> tile = new("--tile") { Description = "Computes in tiles of at most this many pixels; without it, the free memory decides.", HelpName = "N" };
        tile.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < RunMemory.SmallestTile)
            {
                result.AddError($"--tile takes {RunMemory.SmallestTile} pixels or more.");
            }
        });
        RecipeOptions recipeOptions = new();
        RegionOptions regionOptions = new();
        EncoderChoice encoderChoice = new();

        Command command = new("transfer", "Makes a picture with the content of one image and the style of others.")
        {
            content, styles, styleWeights, output, bits, recipeFile, checkpointFile, resume, extend, trace, map, tile,
        };
        recipeOptions.AddTo(command);
        regionOptions.AddTo(command);
        encoderChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            OutputPicture destination = OutputPicture.Check(parsed.GetValue(output)!, parsed.GetValue(bits));
            OutputPicture? mapDestination = parsed.GetValue(map) is { } mapPath ? OutputPicture.Check(mapPath, bitDepth: 8) : null;
            InputPicture contentPicture = InputPicture.Read(parsed.GetValue(content)!);
            ImmutableArray<InputPicture> stylePictures = [.. parsed.GetValue(styles)!.Select(InputPicture.Read)];
            byte[]? checkpoint = parsed.GetValue(resume) is { } file ? ReadCheckpoint(file) : null;
            (InitializationKind Kind, string? File)? start = recipeOptions.Initialization(parsed);
            InputPicture? initial = start?.File is { } from ? InputPicture.Read(from) : null;

            Recipe recipe;
            if (checkpoint is not null)
            {
                recipe = Extended(Checkpoint.ReadRecipe(checkpoint), parsed.GetValue(extend));
                RequireSame(recipe, contentPicture, stylePictures);
            }
            else
            {
                recipe = parsed.GetValue(recipeFile) is { } recipePath ? RecipeFile.Read(recipePath) : recipeOptions.Start(parsed);
                recipe = WithInputs(recipe, contentPicture, stylePictures, Weights(parsed.GetValue(styleWeights), stylePictures.Length));
                recipe = recipeOptions.Apply(parsed, recipe);
                recipe = start is null ? recipe : recipe with { Initialization = new Initialization { Kind = start.Value.Kind, Image = initial?.Id } };
            }

            (recipe, ImmutableArray<RegionMasks> regions) = regionOptions.Apply(parsed, recipe, keepsOwn: checkpoint is not null);
            RecipeValidation.Check(recipe);
            using Encoder encoder = encoderChoice.Load(parsed, recipe.Encoder);
            TransferInputs inputs = new()
            {
                Content = contentPicture.Pixels,
                Styles = [.. stylePictures.Select(style => style.Pixels)],
                Initial = initial?.Pixels,
                Regions = regions,
            };
            TerminalRun run = new(parsed, destination)
            {
                CheckpointPath = parsed.GetValue(checkpointFile),
                TracePath = parsed.GetValue(trace),
                From = checkpoint,
                Map = mapDestination,
                TileEdge = parsed.GetValue(tile),
            };
            return run.Execute(recipe, inputs, encoder);
        });
        return command;
    }

    private static Recipe WithInputs(Recipe recipe, InputPicture content, ImmutableArray<InputPicture> styles, ImmutableArray<double>? weights)
    {
        // A recipe made elsewhere keeps its weights and scales for as many styles as are given here.
        ImmutableArray<StyleInput> inputs =
        [
            .. styles.Select((style, index) => (index < recipe.Styles.Length ? recipe.Styles[index] : new StyleInput { Image = style.Id }) with { Image = style.Id }),
        ];
        if (weights is { } given)
        {
            inputs = [.. inputs.Select((style, index) => style with { Weight = given[index] })];
        }

        return recipe with { Content = content.Id, Styles = inputs };
    }

    private static Recipe Extended(Recipe recipe, int? extra) => extra is not { } iterations
        ? recipe
        : recipe with
        {
            Changes = [.. recipe.Changes, new RecipeChange { Iteration = ScalePlan.TotalIterations(recipe), ExtraIterations = iterations }],
        };

    // Going on with other pictures would be neither the old run nor a new one.
    private static void RequireSame(Recipe recipe, InputPicture content, ImmutableArray<InputPicture> styles)
    {
        InputPicture? other = recipe.Content != content.Id ? content : styles.FirstOrDefault(style => !recipe.Styles.Any(input => input.Image == style.Id));
        if (other is not null)
        {
            throw new RunException($"The checkpoint was made with other pictures than '{other.Path}'. Give the same files, or start anew without --resume.");
        }
    }

    private static ImmutableArray<double>? Weights(string? text, int styles)
    {
        if (text is null)
        {
            return null;
        }

        ImmutableArray<double>.Builder weights = ImmutableArray.CreateBuilder<double>();
        foreach (string part in text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) || weight < 0)
            {
                throw new RecipeException($"--style-weights has '{part}'; allowed are numbers from 0, one for each style, such as 2,1.");
            }

            weights.Add(weight);
        }

        return weights.Count == styles
            ? weights.ToImmutable()
            : throw new RecipeException($"--style-weights has {weights.Count} numbers for {styles} styles; give one for each.");
    }

    private static byte[] ReadCheckpoint(string path) => File.Exists(path)
        ? File.ReadAllBytes(path)
        : throw new RunException($"There is no checkpoint '{path}'. A run that is stopped names its checkpoint.");
}
