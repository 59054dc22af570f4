using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Sessions;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class RecipeCommandTests
{
    private static readonly Recipe Plain = Presets.Named(Presets.Default).At(512) with
    {
        Content = "c",
        Styles = [new StyleInput { Image = "s" }],
        Encoder = new EncoderReference { Name = "compact" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Command_AnotherWeight_IsAnOption()
    {
        Recipe recipe = Plain with { Objective = Plain.Objective with { Style = Plain.Objective.Style with { Weight = 2.5 } } };

        RecipeCommand command = CommandOf(recipe);

        Assert.False(command.NeedsRecipe);
        Assert.Equal("styletransfer transfer --content content.jpg --style style.png --preset balanced --size 512 --style-weight 2.5 --encoder compact --output result.png", command.Line);
    }

    [Fact]
    public void Command_WhatNoOptionSays_ReadsTheRecipe()
    {
        Recipe recipe = Plain with { Changes = [new RecipeChange { Iteration = 3, StyleWeight = 2 }] };

        Assert.True(CommandOf(recipe).NeedsRecipe);
    }

    [Fact]
    public void Command_Regions_NamesTheMasksOfEach()
    {
        Recipe recipe = Plain with
        {
            Styles = [new StyleInput { Image = "s" }, new StyleInput { Image = "t" }],
            Regions = [new GuidanceRegion { Name = "Sky", ContentMask = "m", Style = 1, StyleMask = "n" }, new GuidanceRegion { ContentMask = "o" }],
        };

        RecipeCommand command = CommandOf(recipe);

        Assert.False(command.NeedsRecipe);
        Assert.Equal(
            "styletransfer transfer --content content.jpg --style style1.png --style style2.png --region region1.png,2,region1-style.png --region region2.png,1 --preset balanced --size 512 --encoder compact --output result.png",
            command.Line);
    }

    [Fact]
    public void Command_StartPicture_IsItsFile()
    {
        Recipe recipe = Plain with { Initialization = new Initialization { Kind = InitializationKind.Image, Image = "f" } };

        RecipeCommand command = CommandOf(recipe);

        Assert.False(command.NeedsRecipe);
        Assert.Equal("styletransfer transfer --content content.jpg --style style.png --init start.png --preset balanced --size 512 --encoder compact --output result.png", command.Line);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Command_RegionsAndStartPicture_LeadsTheProgramToTheSameRecipe(bool isChanged)
    {
        StudioApp.RequireEncoder();
        string folder = Directory.CreateTempSubdirectory("command-").FullName;
        try
        {
            // The program calls a region by its mask's file.
            Recipe recipe = Plain with
            {
                Content = Put("content.png", seed: 1),
                Styles = [new StyleInput { Image = Put("style.png", seed: 2) }],
                Initialization = new Initialization { Kind = InitializationKind.Image, Image = Put("start.png", seed: 3) },
                Regions =
                [
                    new GuidanceRegion { Name = "region1", ContentMask = Put("region1.png", seed: 4), StyleMask = Put("region1-style.png", seed: 5) },
                    new GuidanceRegion { Name = "region2", ContentMask = Put("region2.png", seed: 6) },
                ],
                Encoder = new EncoderReference { Name = EncoderCatalog.Auto },
                Schedule = Plain.Schedule with { Size = 64, FirstIterations = 2, Iterations = 2 },
                Precision = Precision.Float32,
                Changes = isChanged ? [new RecipeChange { Iteration = 1, StyleWeight = 2 }] : [],
            };
            await File.WriteAllTextAsync(Path.Combine(folder, "recipe.json"), RecipeJson.Write(recipe), Token);
            RecipeCommand command = RecipeCommand.Of(recipe, _ => "image/png", _ => throw new ImageException("No mask is a map."));

            await RunAsync(command.Line, folder);

            Recipe made = RecipeJson.Read(EmbeddedRecipe.Find(await File.ReadAllBytesAsync(Path.Combine(folder, "result.png"), Token))!);
            Assert.Equal(isChanged, command.NeedsRecipe);
            Assert.Equal(RecipeJson.Write(recipe), RecipeJson.Write(made with { Encoder = recipe.Encoder }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Put(string name, int seed)
        {
            byte[] file = Drawn.Picture(64, 64, seed);
            File.WriteAllBytes(Path.Combine(folder, name), file);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
    }

    [Fact]
    public void Command_SomeColoursOfAMap_ReadsTheRecipe()
    {
        Recipe recipe = Plain with { Regions = [new GuidanceRegion { Name = "#ff0000", ContentMask = "m#ff0000", StyleMask = "n#ff0000" }] };

        RecipeCommand command = CommandOf(recipe);

        Assert.True(command.NeedsRecipe);
        Assert.Contains("--region region.png,1,region-style.png --recipe recipe.json", command.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Command_PaintedMaps_LeadsTheProgramToTheSameRecipe(bool isPart)
    {
        StudioApp.RequireEncoder();
        string folder = Directory.CreateTempSubdirectory("command-").FullName;
        try
        {
            PixelImage content = Halves("#ff0000", "#0000ff");
            PixelImage style = Halves("#0000ff", "#ff0000");
            ImmutableArray<string> maps = [Put("regions.png", content), Put("style-regions.png", style)];
            ImmutableArray<GuidanceRegion> regions = PaintedRegions.Of(maps, id => id == maps[0] ? content : style);
            if (isPart)
            {
                File.Copy(Path.Combine(folder, "regions.png"), Path.Combine(folder, "region.png"));
                File.Copy(Path.Combine(folder, "style-regions.png"), Path.Combine(folder, "region-style.png"));
            }

            Recipe recipe = Plain with
            {
                Content = Put("content.png", Drawn.Pixels(64, 64, seed: 1)),
                Styles = [new StyleInput { Image = Put("style.png", Drawn.Pixels(64, 64, seed: 2)) }],
                Regions = isPart ? [regions[0]] : regions,
                Encoder = new EncoderReference { Name = EncoderCatalog.Auto },
                Schedule = Plain.Schedule with { Size = 64, FirstIterations = 2, Iterations = 2 },
                Precision = Precision.Float32,
            };
            await File.WriteAllTextAsync(Path.Combine(folder, "recipe.json"), RecipeJson.Write(recipe), Token);
            RecipeCommand command = RecipeCommand.Of(recipe, _ => "image/png", id => id == maps[0] ? content : style);

            await RunAsync(command.Line, folder);

            Recipe made = RecipeJson.Read(EmbeddedRecipe.Find(await File.ReadAllBytesAsync(Path.Combine(folder, "result.png"), Token))!);
            Assert.Equal(isPart, command.NeedsRecipe);
            Assert.Equal(!isPart, command.Line.Contains("--regions regions.png style-regions.png", StringComparison.Ordinal));
            Assert.Equal(RecipeJson.Write(recipe), RecipeJson.Write(made with { Encoder = recipe.Encoder }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Put(string name, PixelImage picture)
        {
            byte[] file = ImageWriter.Write(picture, new ImageWriteOptions());
            File.WriteAllBytes(Path.Combine(folder, name), file);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
    }

    private static RecipeCommand CommandOf(Recipe recipe) => RecipeCommand.Of(recipe, image => image == "c" ? "image/jpeg" : "image/png", _ => Halves("#ff0000", "#0000ff"));

    // One colour on the left, the other on the right.
    private static PixelImage Halves(string left, string right)
    {
        PixelImage map = new(64, 64, new float[64 * 64 * 3]);
        for (int i = 0; i < map.Rgb.Length; i++)
        {
            string color = i / 3 % 64 < 40 ? left : right;
            map.Rgb[i] = Convert.ToInt32(color.Substring(1 + (2 * (i % 3)), 2), 16) / 255f;
        }

        return map;
    }

    private static async Task RunAsync(string line, string folder)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string program = Path.Combine(StudioProcess.Repository, "src", "StyleTransfer.Cli", "bin", configuration, "net10.0", "styletransfer.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. line.Split(' ')[1..]])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Token);
        string errors = await process.StandardError.ReadToEndAsync(Token);
        await output;
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, $"{line}\n{errors}");
    }
}
