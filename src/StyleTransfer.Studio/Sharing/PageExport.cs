using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using StyleTransfer.Studio.Components.Shared;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Sharing;

/// <summary>A page's folder as a ZIP file that is made while it is written.</summary>
public sealed record PageFolder(string Title, Func<Stream, CancellationToken, Task> WriteAsync);

/// <summary>
/// The shared page as something to keep: a folder for a web server, or one file for a mail. It asks no other machine for anything.
/// </summary>
public sealed class PageExport(SharedWorks works, SharedAssets assets, IServiceScopeFactory scopes, ILoggerFactory logs, IWebHostEnvironment environment) : IDisposable
{
    // A file of a few megabytes for a mail, a folder of everything one can scrub through.
    private const int FramesInOneFile = 30;
    private const int FramesInFolder = 120;

    // One file is whole in memory before it goes out.
    private readonly SemaphoreSlim exporters = new(1);

    /// <param name="holds">Asked before each file: what is revoked meanwhile ends in the middle.</param>
    public async Task<PageFolder> FolderAsync(Share share, Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        SharedWork work = await works.OfShareAsync(share, cancellationToken, FramesInFolder);
        return FolderOf(work, number => works.SessionAsync(share.Id, number, cancellationToken), holds);
    }

    public async Task<byte[]> FileAsync(Share share, CancellationToken cancellationToken) =>
        await FileAsync(await works.OfShareAsync(share, cancellationToken, FramesInOneFile), number => works.SessionAsync(share.Id, number, cancellationToken), cancellationToken);

    /// <exception cref="ShareException">None of the sessions is there.</exception>
    public async Task<PageFolder> FolderAsync(NewShare wanted, CancellationToken cancellationToken)
    {
        (SharedWork work, IReadOnlyList<Session> found) = await works.OfSessionsAsync(wanted, FramesInFolder, cancellationToken);
        return FolderOf(work, number => Task.FromResult<Session?>(found[number - 1]), () => Task.FromResult(true));
    }

    /// <exception cref="ShareException">None of the sessions is there.</exception>
    public async Task<(byte[] File, string Title)> FileAsync(NewShare wanted, CancellationToken cancellationToken)
    {
        (SharedWork work, IReadOnlyList<Session> found) = await works.OfSessionsAsync(wanted, FramesInOneFile, cancellationToken);
        return (await FileAsync(work, number => Task.FromResult<Session?>(found[number - 1]), cancellationToken), work.Title);
    }

    public void Dispose() => exporters.Dispose();

    private PageFolder FolderOf(SharedWork work, Func<int, Task<Session?>> find, Func<Task<bool>> holds) => new(work.Title, (output, cancellationToken) => StreamedZip.WriteAsync(
        output,
        async zip =>
        {
            HashSet<SharedAsset> written = [];
            await foreach ((SharedAsset asset, byte[] file) in FilesAsync(work, find, cancellationToken))
            {
                if (!await holds())
                {
                    throw new ShareException("The link was revoked while its folder was on the way.");
                }

                await zip.AddAsync(asset.Path, file, asset.Kind == AssetKind.Recipe ? CompressionLevel.Optimal : CompressionLevel.NoCompression, cancellationToken);
                written.Add(asset);
            }

            // Last, because it names only what is there.
            string page = await RenderAsync(work, asset => written.Contains(asset) ? asset.Path : null);
            await zip.AddAsync("index.html", Encoding.UTF8.GetBytes(page), CompressionLevel.Optimal, cancellationToken);
        },
        cancellationToken));

    private Task<byte[]> FileAsync(SharedWork work, Func<int, Task<Session?>> find, CancellationToken cancellationToken) => OneAtATimeAsync(
        async () =>
        {
            Dictionary<SharedAsset, string> addresses = [];
            await foreach ((SharedAsset asset, byte[] file) in FilesAsync(work, find, cancellationToken))
            {
                addresses.Add(asset, $"data:{asset.MediaType};base64,{Convert.ToBase64String(file)}");
            }

            return Encoding.UTF8.GetBytes(await RenderAsync(work, addresses.GetValueOrDefault));
        },
        cancellationToken);

    // The page itself says what it needs.
    private async IAsyncEnumerable<(SharedAsset Asset, byte[] File)> FilesAsync(SharedWork work, Func<int, Task<Session?>> find, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<SharedAsset> named = [];
        await RenderAsync(work, asset =>
        {
            named.Add(asset);
            return asset.Path;
        });
        foreach (IGrouping<int, SharedAsset> ofOne in named.GroupBy(asset => asset.Number).OrderBy(group => group.Key))
        {
            Session? session = await find(ofOne.Key);
            foreach (SharedAsset asset in ofOne)
            {
                if (session is not null && await assets.ReadAsync(session, work.Parts, asset, cancellationToken) is { } file)
                {
                    yield return (asset, file);
                }
            }
        }
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
