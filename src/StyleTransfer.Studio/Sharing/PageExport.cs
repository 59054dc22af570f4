using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using StyleTransfer.Studio.Components.Shared;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sharing;

/// <summary>
/// The shared page as something to keep: a folder for a web server, or one file for a mail. It asks no other machine for anything.
/// </summary>
public sealed class PageExport(SharedWorks works, SharedAssets assets, IServiceScopeFactory scopes, ILoggerFactory logs, IWebHostEnvironment environment) : IDisposable
{
    // A file of a few megabytes for a mail, a folder of everything one can scrub through.
    private const int FramesInOneFile = 30;
    private const int FramesInFolder = 120;

    private readonly SemaphoreSlim exporters = new(1);

    public async Task<byte[]> FolderAsync(Share share, CancellationToken cancellationToken) =>
        await FolderAsync(await works.OfShareAsync(share, cancellationToken, FramesInFolder), number => works.SessionAsync(share.Id, number, cancellationToken), cancellationToken);

    public async Task<byte[]> FileAsync(Share share, CancellationToken cancellationToken) =>
        await FileAsync(await works.OfShareAsync(share, cancellationToken, FramesInOneFile), number => works.SessionAsync(share.Id, number, cancellationToken), cancellationToken);

    /// <exception cref="ShareException">None of the sessions is there.</exception>
    public async Task<(byte[] File, string Title)> FolderAsync(NewShare wanted, CancellationToken cancellationToken)
    {
        (SharedWork work, IReadOnlyList<Session> found) = await works.OfSessionsAsync(wanted, FramesInFolder, cancellationToken);
        return (await FolderAsync(work, number => Task.FromResult<Session?>(found[number - 1]), cancellationToken), work.Title);
    }

    /// <exception cref="ShareException">None of the sessions is there.</exception>
    public async Task<(byte[] File, string Title)> FileAsync(NewShare wanted, CancellationToken cancellationToken)
    {
        (SharedWork work, IReadOnlyList<Session> found) = await works.OfSessionsAsync(wanted, FramesInOneFile, cancellationToken);
        return (await FileAsync(work, number => Task.FromResult<Session?>(found[number - 1]), cancellationToken), work.Title);
    }

    public void Dispose() => exporters.Dispose();

    private Task<byte[]> FolderAsync(SharedWork work, Func<int, Task<Session?>> find, CancellationToken cancellationToken) => OneAtATimeAsync(
        async () =>
        {
            Dictionary<SharedAsset, byte[]> files = await GatherAsync(work, find, cancellationToken);
            string page = await RenderAsync(work, asset => files.ContainsKey(asset) ? asset.Path : null);
            using MemoryStream packed = new();
            using (ZipArchive zip = new(packed, ZipArchiveMode.Create, leaveOpen: true))
            {
                await AddAsync(zip, "index.html", Encoding.UTF8.GetBytes(page), CompressionLevel.Optimal, cancellationToken);
                foreach ((SharedAsset asset, byte[] file) in files)
                {
                    // Pictures are packed already.
                    await AddAsync(zip, asset.Path, file, asset.Kind == AssetKind.Recipe ? CompressionLevel.Optimal : CompressionLevel.NoCompression, cancellationToken);
                }
            }

            return packed.ToArray();
        },
        cancellationToken);

    private Task<byte[]> FileAsync(SharedWork work, Func<int, Task<Session?>> find, CancellationToken cancellationToken) => OneAtATimeAsync(
        async () =>
        {
            Dictionary<SharedAsset, byte[]> files = await GatherAsync(work, find, cancellationToken);
            Dictionary<SharedAsset, string> addresses = files.ToDictionary(file => file.Key, file => $"data:{file.Key.MediaType};base64,{Convert.ToBase64String(file.Value)}");
            return Encoding.UTF8.GetBytes(await RenderAsync(work, addresses.GetValueOrDefault));
        },
        cancellationToken);

    // The page itself says what it needs.
    private async Task<Dictionary<SharedAsset, byte[]>> GatherAsync(SharedWork work, Func<int, Task<Session?>> find, CancellationToken cancellationToken)
    {
        HashSet<SharedAsset> named = [];
        await RenderAsync(work, asset =>
        {
            named.Add(asset);
            return asset.Path;
        });
        Dictionary<SharedAsset, byte[]> files = [];
        foreach (IGrouping<int, SharedAsset> ofOne in named.GroupBy(asset => asset.Number).OrderBy(group => group.Key))
        {
            Session? session = await find(ofOne.Key);
            foreach (SharedAsset asset in ofOne)
            {
                if (session is not null && await assets.ReadAsync(session, work.Parts, asset, cancellationToken) is { } file)
                {
                    files.Add(asset, file);
                }
            }
        }

        return files;
    }

    private async Task<string> RenderAsync(SharedWork work, Func<SharedAsset, string?> address)
    {
        await using AsyncServiceScope scope = scopes.CreateAsyncScope();
        await using HtmlRenderer renderer = new(scope.ServiceProvider, logs);
        string style = await File.ReadAllTextAsync(Path.Combine(environment.WebRootPath, "css", "share.css"));
        string script = await File.ReadAllTextAsync(Path.Combine(environment.WebRootPath, "js", "share.js"));
        ParameterView parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(SharePage.Work)] = work,
            [nameof(SharePage.Address)] = address,
            [nameof(SharePage.Style)] = style,
            [nameof(SharePage.Script)] = script,
        });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<SharePage>(parameters)).ToHtmlString());
    }

    private static async Task AddAsync(ZipArchive zip, string name, byte[] file, CompressionLevel level, CancellationToken cancellationToken)
    {
        await using Stream entry = await zip.CreateEntry(name, level).OpenAsync(cancellationToken);
        await entry.WriteAsync(file, cancellationToken);
    }

    private async Task<byte[]> OneAtATimeAsync(Func<Task<byte[]>> export, CancellationToken cancellationToken)
    {
        await exporters.WaitAsync(cancellationToken);
        try
        {
            return await export();
        }
        finally
        {
            exporters.Release();
        }
    }
}
