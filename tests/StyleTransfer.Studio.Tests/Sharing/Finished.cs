using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using StyleTransfer.Core.Images;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Images;

namespace StyleTransfer.Studio.Tests.Sharing;

/// <summary>Sessions that ran already, as the queue leaves them, without the time that a run takes.</summary>
internal static class Finished
{
    public const string SecretName = "IMG_2034-grandma";

    /// <summary>A completed session with inputs, a result with its recipe inside, three frames and a trace.</summary>
    public static async Task<Session> AddAsync(StudioApp studio, int seed, string title = "A finished one", int frames = 3, int edge = 64)
    {
        ImageLibrary images = studio.Services.GetRequiredService<ImageLibrary>();
        CancellationToken token = TestContext.Current.CancellationToken;
        StoredImage content = await images.AddAsync(Drawn.Picture(edge, edge * 3 / 4, seed), token);
        StoredImage style = await images.AddAsync(Drawn.Picture(edge, edge, seed + 1000), token);
        Recipe recipe = Presets.Balanced.At(edge) with
        {
            Content = content.Id,
            Styles = [new StyleInput { Image = style.Id }],
            Encoder = new EncoderReference { Name = SecretName },
        };
        string json = RecipeJson.Write(recipe);
        StoredImage result = await images.AddAsync(ImageWriter.Write(Drawn.Pixels(edge, edge * 3 / 4, seed + 2000), new ImageWriteOptions { RecipeJson = json }), token);
        Session session = new()
        {
            Title = title,
            State = SessionState.Completed,
            RecipeJson = json,
            Preset = recipe.Preset!,
            Encoder = recipe.Encoder.Name,
            Size = edge,
            ContentImageId = content.Id,
            StyleImageId = style.Id,
            CreatedUtc = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            QueuePosition = seed,
            Iteration = 30,
            TotalIterations = 30,
            Seconds = 12,
            ResultImageId = result.Id,
        };
        await using StudioDb database = await studio.Services.GetRequiredService<IDbContextFactory<StudioDb>>().CreateDbContextAsync(token);
        database.Sessions.Add(session);
        for (int i = 1; i <= frames; i++)
        {
            StoredImage frame = await images.AddAsync(Drawn.Picture(edge / 2, edge * 3 / 8, seed + 3000 + i), token);
            database.Frames.Add(new Frame { SessionId = session.Id, Iteration = i * 10, ImageId = frame.Id });
        }

        IterationMessage[] trace = [.. Enumerable.Range(1, 30).Select(i => new IterationMessage(i, 0, edge, edge * 3 / 4, i * 0.4, 10.0 / i, 1.0 / i, 8.0 / i, 1.0 / i, [], [], null))];
        database.TraceChunks.Add(new TraceChunk { SessionId = session.Id, FirstIteration = 1, LastIteration = 30, Json = JsonSerializer.Serialize(trace) });
        await database.SaveChangesAsync(token);
        return session;
    }

}
