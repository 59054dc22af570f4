using System.Diagnostics;
using System.Globalization;
using StyleTransfer.Core.Images;

namespace StyleTransfer.Studio.Sharing;

/// <summary>MP4 through ffmpeg, where the machine has it.</summary>
internal static class VideoWriter
{
    private static readonly Lazy<string?> Program = new(() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "ffmpeg.exe" : "ffmpeg"))
        .FirstOrDefault(File.Exists));

    public static bool IsInstalled => Program.Value is not null;

    /// <param name="frames">Of one size, with an even number of pixels each way.</param>
    /// <exception cref="ShareException">ffmpeg failed; with its last word.</exception>
    public static async Task WriteAsync(
        IReadOnlyList<PixelImage> frames, int frameMilliseconds, int pauseMilliseconds, string path, Action<int> progress, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Program.Value!) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in new[]
        {
            "-hide_banner", "-loglevel", "error", "-y", "-f", "image2pipe", "-c:v", "mjpeg",
            "-framerate", (1000.0 / frameMilliseconds).ToString("0.###", CultureInfo.InvariantCulture), "-i", "-",
            "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart", "-map_metadata", "-1", path,
        })
        {
            start.ArgumentList.Add(argument);
        }

        using Process ffmpeg = Process.Start(start) ?? throw new ShareException("ffmpeg could not be started. Choose WebP or GIF.");
        Task<string> said = ffmpeg.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            int repeats = Math.Max(1, pauseMilliseconds / frameMilliseconds);
            for (int i = 0; i < frames.Count + repeats - 1; i++)
            {
                byte[] jpeg = ImageWriter.Write(frames[Math.Min(i, frames.Count - 1)], new ImageWriteOptions { Format = ImageFormat.Jpeg, Quality = 95 });
                await ffmpeg.StandardInput.BaseStream.WriteAsync(jpeg, cancellationToken);
                progress(100 * (i + 1) / (frames.Count + repeats));
            }

            ffmpeg.StandardInput.Close();
            await ffmpeg.WaitForExitAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It closed its input: what it said tells why.
            await ffmpeg.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!ffmpeg.HasExited)
            {
                ffmpeg.Kill();
            }
        }

        if (ffmpeg.ExitCode != 0)
        {
            throw new ShareException($"ffmpeg could not write the video: {(await said).Trim().Split('\n')[^1]}. Choose WebP or GIF.");
        }
    }
}
