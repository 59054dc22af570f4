using System.Collections.Immutable;
using System.Globalization;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Sessions;

/// <summary>A picture that was chosen, by its identifier in the store.</summary>
public sealed record ChosenPicture(string Id, string Title, int Width, int Height);

/// <summary>
/// What somebody is putting together: a recipe, for one or several contents and styles. Its other form is the page's query, so that
/// back, reload and bookmarks work: there stands only what differs from the recipe that it began with.
/// </summary>
public sealed class SessionForm
{
    // What the query does not say by itself, and no session fills in.
    private static readonly ImmutableArray<RecipeParameter> inQuery = [.. RecipeParameter.All.Where(parameter => !IsOwn(parameter))];

    private Recipe origin;

    private SessionForm(Recipe origin)
    {
        this.origin = origin;
        Recipe = origin;
        Scale = origin.Styles.IsEmpty ? 1 : origin.Styles[0].Scale;
    }

    /// <summary>All but the pictures.</summary>
    public Recipe Recipe { get; private set; }

    public List<ChosenPicture> Contents { get; } = [];

    /// <summary>Each with its weight in the mixture.</summary>
    public List<(ChosenPicture Picture, double Weight)> Styles { get; } = [];

    /// <summary>Several styles make a session each, instead of being mixed.</summary>
    public bool IsOneEach { get; set; }

    /// <summary>The style's longer edge in units of the result's.</summary>
    public double Scale { get; set; }

    /// <summary>The session that this one branches off, or repeats.</summary>
    public Guid? From { get; private init; }

    /// <summary>The iteration at which it branches off; null to begin anew.</summary>
    public int? At { get; private init; }

    /// <summary>The waiting session whose recipe this is to become.</summary>
    public Guid? Edits { get; private init; }

    /// <summary>The picture whose recipe it begins with, or the imported recipe.</summary>
    public string? Opened { get; private init; }

    public string Preset => Recipe.Preset ?? Presets.Default;

    public int Size
    {
        get => Recipe.Schedule.Size;
        set => Recipe = Recipe with { Schedule = Recipe.Schedule with { Size = value } };
    }

    /// <summary>How far the style's weight is from the preset's, in octaves.</summary>
    public double Strength
    {
        get => Math.Log2(Recipe.Objective.Style.Weight / PresetWeight);
        set => Recipe = Recipe with { Objective = Recipe.Objective with { Style = Recipe.Objective.Style with { Weight = PresetWeight * Math.Pow(2, value) } } };
    }

    public bool KeepsColors
    {
        get => Recipe.Color.Preserve != ColorPreservation.None;
        set => Recipe = Recipe with { Color = Recipe.Color with { Preserve = value ? ColorPreservation.Luminance : ColorPreservation.None } };
    }

    /// <summary>How many sessions it makes.</summary>
    public int Count => Contents.Count * (IsOneEach ? Styles.Count : Math.Min(1, Styles.Count));

    public bool IsReady => Contents.Count > 0 && Styles.Count > 0;

    private double PresetWeight => PresetOf(Recipe).Objective.Style.Weight is > 0 and { } weight ? weight : 1;

    public static SessionForm New(string encoder) => new(Presets.Named(Presets.Default).Template with { Encoder = new EncoderReference { Name = encoder } });

    /// <summary>Begins with a session's recipe: to repeat it, to branch off it at an iteration, or to edit it while it waits.</summary>
    public static SessionForm Of(Guid session, Recipe recipe, int? at, bool isEdit) => new(ForkRecipe.EffectiveAt(recipe, at ?? int.MaxValue))
    {
        From = isEdit ? null : session,
        At = at,
        Edits = isEdit ? session : null,
    };

    /// <summary>Begins with the recipe that a stored picture carries, or that was imported.</summary>
    public static SessionForm Of(string picture, Recipe recipe) => new(recipe with { Changes = [] }) { Opened = picture };

    /// <summary>The form has a place of its own for it: pictures, their weights and scale, and what follows from two other weights.</summary>
    internal static bool IsOwn(RecipeParameter parameter) =>
        parameter.Kind == ParameterKind.Image || parameter.StylesNeeded > 0 || parameter.Name is "styleScale" or "contentToStyle";

    /// <summary>Another preset, with the size, the encoder, the seed and the colours as they were.</summary>
    public void UsePreset(string name)
    {
        Recipe preset = Presets.Named(name).At(Size);
        Recipe = preset with
        {
            Encoder = preset.Encoder with { Name = Recipe.Encoder.Name, Sha256 = Recipe.Encoder.Sha256 },
            Seed = Recipe.Seed,
            Color = Recipe.Color,
            Regions = Recipe.Regions,
        };
    }

    public void UseEncoder(string name) => Recipe = Recipe with { Encoder = Recipe.Encoder with { Name = name, Sha256 = null } };

    public void UseRegions(ImmutableArray<GuidanceRegion> regions) => Recipe = Recipe with { Regions = regions };

    /// <summary>The picture that the run starts from.</summary>
    public void StartFrom(string image) => Recipe = Recipe with { Initialization = new Initialization { Kind = InitializationKind.Image, Image = image } };

    /// <exception cref="RecipeException">Not a value of this parameter.</exception>
    public void Set(RecipeParameter parameter, string text) => Recipe = parameter.Write(Recipe, text);

    /// <summary>The recipes of the sessions that it makes, in the order of contents, then styles.</summary>
    public IEnumerable<Recipe> Recipes()
    {
        foreach (ChosenPicture content in Contents)
        {
            Recipe one = Recipe with { Content = content.Id };
            if (IsOneEach)
            {
                foreach ((ChosenPicture picture, _) in Styles)
                {
                    yield return one with { Styles = [new StyleInput { Image = picture.Id, Scale = Scale }] };
                }
            }
            else if (Styles.Count > 0)
            {
                yield return one with { Styles = [.. Styles.Select(style => new StyleInput { Image = style.Picture.Id, Weight = style.Weight, Scale = Scale })] };
            }
        }
    }

    public Dictionary<string, string> ToQuery()
    {
        Dictionary<string, string> query = [];
        Add("from", From?.ToString());
        Add("at", At?.ToString(CultureInfo.InvariantCulture));
        Add("edit", Edits?.ToString());
        Add("recipe", Opened);
        Add("content", string.Join(',', Contents.Select(content => content.Id)));
        Add("style", string.Join(',', Styles.Select(style => style.Picture.Id)));
        Add("weights", Styles.Any(style => style.Weight != 1) ? string.Join(',', Styles.Select(style => Text(style.Weight))) : null);
        Add("each", IsOneEach ? "1" : null);
        Add("preset", Recipe.Preset == origin.Preset ? null : Recipe.Preset);
        Add("scale", Scale == (origin.Styles.IsEmpty ? 1 : origin.Styles[0].Scale) ? null : Text(Scale));
        Add("start", Recipe.Initialization.Image);
        Add("regions", Recipe.Regions.SequenceEqual(origin.Regions) ? null : RegionQuery.Write(Recipe.Regions));
        Recipe start = Beginning(Recipe.Preset);
        foreach (RecipeParameter parameter in inQuery)
        {
            string value = parameter.Read(Recipe);
            Add(parameter.Name, value == parameter.Read(start) ? null : value);
        }

        return query;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query[name] = value;
            }
        }
    }

    /// <summary>Takes what a query says; what makes no sense in it is passed over, so that an old bookmark still opens.</summary>
    /// <param name="find">The picture of an identifier; null where the studio does not have it.</param>
    public async Task ReadAsync(IReadOnlyDictionary<string, string> query, Func<string, Task<ChosenPicture?>> find)
    {
        if (query.TryGetValue("preset", out string? preset) && Presets.All.Any(known => known.Name == preset))
        {
            UsePreset(preset);
        }

        foreach (RecipeParameter parameter in inQuery)
        {
            if (query.TryGetValue(parameter.Name, out string? text))
            {
                Try(() => Set(parameter, text));
            }
        }

        if (query.TryGetValue("start", out string? start) && await find(start) is not null)
        {
            StartFrom(start);
        }

        if (query.TryGetValue("regions", out string? regions))
        {
            UseRegions(RegionQuery.Read(regions));
        }

        if (query.TryGetValue("scale", out string? scale) && double.TryParse(scale, NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor is > 0 and <= 20)
        {
            Scale = factor;
        }

        IsOneEach = query.ContainsKey("each");
        Contents.Clear();
        foreach (string id in Ids("content", origin.Content is null ? [] : [origin.Content]))
        {
            if (await find(id) is { } picture)
            {
                Contents.Add(picture);
            }
        }

        Styles.Clear();
        double[] weights = query.TryGetValue("weights", out string? given)
            ? [.. given.Split(',').Select(weight => double.TryParse(weight, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 1)]
            : [.. origin.Styles.Select(style => style.Weight)];
        foreach ((int index, string id) in Ids("style", [.. origin.Styles.Select(style => style.Image)]).Index())
        {
            if (await find(id) is { } picture)
            {
                Styles.Add((picture, index < weights.Length ? weights[index] : 1));
            }
        }

        string[] Ids(string name, string[] otherwise) =>
            query.TryGetValue(name, out string? ids) ? ids.Split(',', StringSplitOptions.RemoveEmptyEntries) : otherwise;
    }

    private static void Try(Action set)
    {
        try
        {
            set();
        }
        catch (RecipeException)
        {
            // A value from another version of the studio; the form keeps its own.
        }
    }

    // What the form would hold with nothing but this preset chosen.
    private Recipe Beginning(string? preset) => preset == origin.Preset
        ? origin
        : new SessionForm(origin) { Recipe = origin }.With(preset!);

    private Recipe With(string preset)
    {
        UsePreset(preset);
        return Recipe;
    }

    private static Recipe PresetOf(Recipe recipe) => Presets.All.FirstOrDefault(preset => preset.Name == recipe.Preset)?.Template ?? recipe;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
