using System.CommandLine;
using System.Globalization;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Cli.Commands;

/// <summary><c>styletransfer encoders</c>: what encoders there are; <c>encoders install</c>: VGG-19 from its pinned address or a file.</summary>
internal static class EncodersCommand
{
    public static Command Create()
    {
        Option<bool> measure = new("--measure") { Description = "Also measures each installed encoder's speed on this machine." };
        Command command = new("encoders", "Lists the encoders: installed or not, layers, size, licence, source.") { measure, Install() };
        command.SetAction(parsed =>
        {
            IReadOnlyList<EncoderInfo> list = new EncoderCatalog(EncoderOptions.Load()).List();
            EncoderTable.Write(Console.Out, list, parsed.GetValue(measure) ? EncoderSpeed.Measure : null);
            return CommandRunner.Success;
        });
        return command;
    }

    private static Command Install()
    {
        Argument<string> name = new("name") { Description = $"Only {EncoderCatalog.Vgg19} can be installed.", HelpName = "NAME" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not EncoderCatalog.Vgg19 and var other }])
            {
                result.AddError($"There is no encoder '{other}' to install; {EncoderCatalog.Vgg19} is the only one.");
            }
        });
        Option<FileInfo> from = new("--from") { Description = "A safetensors file of VGG-19, for machines without internet; also one already reduced.", HelpName = "FILE" };
        Option<string[]> mirror = new("--mirror") { Description = "An address with the same bytes, tried first; may be repeated.", HelpName = "URL" };
        Command command = new("install", "Downloads VGG-19 (575 MB), checks it and keeps its convolutions (80 MB). Continues where it was interrupted.") { name, from, mirror };
        command.SetAction(async (parsed, _) =>
        {
            EncoderOptions options = EncoderOptions.Load();
            options = options with { Vgg19Addresses = [.. parsed.GetValue(mirror) ?? [], .. options.Vgg19Addresses] };
            using CancellationTokenSource stop = new();
            Console.CancelKeyPress += (_, interrupt) =>
            {
                interrupt.Cancel = !stop.IsCancellationRequested;
                stop.Cancel();
            };
            return await InstallAsync(options, parsed.GetValue(from), stop.Token);
        });
        return command;
    }

    private static async Task<int> InstallAsync(EncoderOptions options, FileInfo? from, CancellationToken cancellationToken)
    {
        EncoderInstaller installer = new(new EncoderCatalog(options), InstallOptions.WithMirrors(options));
        using InstallLine line = new(Console.Error, isTerminal: !Console.IsErrorRedirected);
        try
        {
            using HttpClient client = EncoderInstaller.CreateClient();
            EncoderInfo installed = from is null
                ? await installer.DownloadAsync(client, line, cancellationToken)
                : await installer.FromFileAsync(from.FullName, line, cancellationToken);
            line.Dispose();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{installed.Path}  {installed.Bytes / 1e6:0.0} MB  SHA-256 {installed.Sha256}"));
            return CommandRunner.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            line.Dispose();
            throw new EncoderException("Stopped. What was received is kept; the same command goes on.");
        }
    }
}
