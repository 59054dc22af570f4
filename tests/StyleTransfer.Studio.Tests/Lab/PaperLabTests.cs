using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Components.Lab;
using StyleTransfer.Studio.Lab;

namespace StyleTransfer.Studio.Tests.Lab;

/// <summary>The figures' recipes and texts, for an encoder with all of the paper's layers and for one that lacks some.</summary>
public sealed class PaperLabTests
{
    private static readonly string Content = new('a', 64);
    private static readonly string Style = new('b', 64);

    public static TheoryData<string, bool> Figures()
    {
        TheoryData<string, bool> figures = [];
        foreach (PaperFigure figure in PaperFigure.All)
        {
            figures.Add(figure.Key, true);
            figures.Add(figure.Key, false);
        }

        return figures;
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Figure_EveryCell_IsAValidRecipeOfTheEncodersLayers(string key, bool isComplete)
    {
        PaperFigure figure = PaperFigure.Find(key)!;
        EncoderInfo encoder = Encoder(isComplete);

        IReadOnlyList<PlannedCell> cells = figure.Plan(new LabInputs(Content, Style, 256, encoder.Name, new EncoderLayers(encoder)));

        string[] planned = [.. figure.Rows.SelectMany(row => row).Where(name => !name.StartsWith("input/", StringComparison.Ordinal))];
        Assert.Equal(planned, cells.Select(cell => cell.Name));
        Assert.All(cells, cell => Assert.Empty(RecipeValidation.Faults(cell.Recipe, [.. encoder.Layers.Select(layer => layer.Name)])));
        Assert.Distinct(cells.Select(cell => RecipeJson.Write(cell.Recipe)));
    }

    [Fact]
    public void Figure1_Reconstructions_HaveOneInputOnly()
    {
        EncoderInfo encoder = Encoder(isComplete: true);
        IReadOnlyList<PlannedCell> cells = PaperFigure.Find("1")!.Plan(new LabInputs(Content, Style, 256, encoder.Name, new EncoderLayers(encoder)));

        Assert.All(cells.Take(5), cell => Assert.Empty(cell.Recipe.Styles));
        Assert.All(cells.Skip(5), cell => Assert.Null(cell.Recipe.Content));
        Assert.Equal([1, 2, 3, 4, 5], cells.Skip(5).Select(cell => cell.Recipe.Objective.Style.Layers.Length));
    }

    [Theory]
    [InlineData("relu4_2", "relu4_2")]
    [InlineData("relu5_2", "relu5_1")]
    [InlineData("relu1_2", "relu1_1")]
    public void Layers_Missing_AreTheNearest(string wanted, string found) =>
        Assert.Equal(found, new EncoderLayers(Encoder(isComplete: false)).Nearest(wanted));

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Texts_EveryFigureAndSection_AreThere(string language)
    {
        System.Resources.ResourceManager texts = new(typeof(LabTexts).FullName!, typeof(LabTexts).Assembly);
        System.Globalization.CultureInfo culture = new(language);
        IEnumerable<string> keys = PaperFigure.All.SelectMany(figure => new[] { $"Figure{figure.Key}.Title", $"Figure{figure.Key}.Sees", $"Figure{figure.Key}.Caption" }
            .Concat(figure.Sections.SelectMany(section => new[] { $"{section}.Title", $"{section}.Text" })));
        using System.Resources.ResourceSet set = texts.GetResourceSet(culture, createIfNotExists: true, tryParents: language == "en")!;

        Assert.All(keys, key => Assert.False(string.IsNullOrWhiteSpace(set.GetString(key)), key));
    }

    [Fact]
    public void Formulas_AreWellFormedMathML()
    {
        foreach (string section in PaperFigure.All.SelectMany(figure => figure.Sections).Distinct())
        {
            if (LabFormulas.Of(section) is { } formula)
            {
                Assert.Equal("math", System.Xml.Linq.XElement.Parse(formula).Name.LocalName);
            }
        }
    }

    [Fact]
    public async Task Start_Figure5_QueuesItsCells()
    {
        StudioApp.RequireEncoder();
        await using StudioApp studio = await StudioApp.StartAsync();
        CancellationToken token = TestContext.Current.CancellationToken;
        PaperLab lab = studio.Services.GetRequiredService<PaperLab>();
        string content = await studio.Client.UploadAsync(Drawn.Picture(64, 48, 1));
        string style = await studio.Client.UploadAsync(Drawn.Picture(64, 64, 2));
        await studio.Services.GetRequiredService<StyleTransfer.Studio.Sessions.SessionQueue>().SetPausedAsync(true, token);

        Guid id = await lab.StartAsync(PaperFigure.Find("5")!, content, style, 64, EncoderCatalog.Auto, token);
        LabFigureView view = (await lab.FindAsync(id, token))!;

        Assert.Equal(["layer/relu2_2", "layer/relu4_2"], view.Cells.Select(cell => cell.Name).Order());
        Assert.Equal(id, Assert.Single(await lab.ListAsync("5", token)).Id);
    }

    private static EncoderInfo Encoder(bool isComplete)
    {
        string[] all = ["relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu3_3", "relu3_4", "relu4_1", "relu4_2", "relu4_3", "relu4_4", "relu5_1", "relu5_2", "relu5_3", "relu5_4"];
        string[] some = ["relu1_1", "relu2_1", "relu2_2", "relu3_1", "relu4_1", "relu4_2", "relu5_1"];
        return new EncoderInfo
        {
            Name = "drawn",
            Description = "",
            License = "",
            Source = "",
            Installed = true,
            Layers = [.. (isComplete ? all : some).Select(name => new EncoderLayer(name, 8))],
        };
    }
}
