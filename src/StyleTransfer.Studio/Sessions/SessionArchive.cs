using System.IO.Compression;
using Microsoft.EntityFrameworkCore;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Sharing;

namespace StyleTransfer.Studio.Sessions;

/// <summary>Sessions as a ZIP file: a folder for each with its picture and recipe, and the pictures that the recipes name, once each.</summary>
public sealed class SessionArchive(IDbContextFactory<StudioDb> databases, StudioStorage storage)
{
    private const int LongestTitle = 60;

    /// <summary>Writes the file while it is made: however many sessions, the memory stays that of one.</summary>
    public Task WriteAsync(Stream output, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        StreamedZip.WriteAsync(output, zip => FillAsync(zip, ids, cancellationToken), cancellationToken);

    private async Task FillAsync(ZipArchive zip, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        HashSet<string> inputs = [];
        HashSet<string> folders = new(StringComparer.OrdinalIgnoreCase);
        foreach (Guid id in ids)
        {
            await using StudioDb database = await databases.CreateDbContextAsync(cancellationToken);
            if (await database.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id && s.DeletedUtc == null, cancellationToken) is not { } session)
            {
                continue;
            }

            string folder = FolderOf(session, folders);
            await AddTextAsync(zip, $"{folder}/recipe.json", session.RecipeJson, cancellationToken);
            if (session.Notes.Length > 0)
            {
                await AddTextAsync(zip, $"{folder}/notes.txt", session.Notes, cancellationToken);
            }

            if ((session.ResultImageId ?? session.FrameImageId) is { } picture)
            {
                await AddPictureAsync(zip, $"{folder}/{(session.ResultImageId is null ? "preview" : "result")}", picture, database, cancellationToken);
            }

            foreach (string input in InputsOf(session).Where(inputs.Add))
            {
                await AddPictureAsync(zip, $"inputs/{input}", input, database, cancellationToken);
            }
        }
    }

    private static IEnumerable<string> InputsOf(Session session) => SessionCatalog.ImagesOf(RecipeJson.Read(session.RecipeJson));

    private static string FolderOf(Session session, HashSet<string> taken)
    {
        string name = string.Concat(session.Title.Select(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '·' ? letter : '_')).Trim();
        name = name.Length == 0 ? "session" : name.Length > LongestTitle ? name[..LongestTitle].TrimEnd() : name;
        string folder = name;
        for (int number = 2; !taken.Add(folder); number++)
        {
            folder = $"{name} {number}";
        }

        return folder;
    }

    private static async Task AddTextAsync(ZipArchive zip, string name, string text, CancellationToken cancellationToken)
    {
        await using Stream entry = await zip.CreateEntry(name).OpenAsync(cancellationToken);
        await using StreamWriter writer = new(entry);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }

    private async Task AddPictureAsync(ZipArchive zip, string name, string picture, StudioDb database, CancellationToken cancellationToken)
    {
        if (!storage.Store.Contains(picture))
        {
            return;
        }

        string type = await database.Images.Where(image => image.Id == picture).Select(image => image.MediaType).FirstOrDefaultAsync(cancellationToken) ?? "image/png";
        // Pictures are packed already.
        await using Stream entry = await zip.CreateEntry($"{name}.{type.Split('/')[1]}", CompressionLevel.NoCompression).OpenAsync(cancellationToken);
        await using FileStream file = new(storage.Store.PathOf(picture), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, useAsync: true);
        await file.CopyToAsync(entry, cancellationToken);
    }
}
