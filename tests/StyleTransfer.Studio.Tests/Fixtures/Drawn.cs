using System.Text.Json;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;

namespace StyleTransfer.Studio.Tests;

/// <summary>Small pictures and recipes, made on the spot.</summary>
public static class Drawn
{
    /// <summary>A PNG of soft waves with some grain; another seed, another picture.</summary>
    public static byte[] Picture(int width, int height, int seed) => ImageWriter.Write(Pixels(width, height, seed), new ImageWriteOptions());

    public static PixelImage Pixels(int width, int height, int seed)
    {
        Random random = new(seed);
        float[] rgb = new float[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            int x = i / 3 % width;
            int y = i / 3 / width;
            double wave = Math.Sin(((x * (1 + seed)) + (y * (2 + (i % 3)))) * 0.11);
            rgb[i] = (float)(0.5 + (0.35 * wave) + (0.1 * (random.NextDouble() - 0.5)));
        }

        return new PixelImage(width, height, rgb);
    }

    /// <summary>The default preset at one scale.</summary>
    public static JsonElement Recipe(string content, string style, int size, int iterations)
    {
        Recipe recipe = Presets.Named(Presets.Default).At(size);
        recipe = recipe with
        {
            Content = content,
            Styles = [new StyleInput { Image = style }],
            Schedule = recipe.Schedule with { Pyramid = false, FirstIterations = iterations, Iterations = iterations, Tolerance = 0 },
        };
        return JsonSerializer.Deserialize<JsonElement>(RecipeJson.Write(recipe));
    }
}
