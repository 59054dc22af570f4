using Microsoft.Extensions.Options;

namespace StyleTransfer.Studio.Hosting;

/// <summary>Looks at every setting at the start and names each that makes no sense, with its key.</summary>
internal sealed class OptionsValidation : IValidateOptions<StorageOptions>, IValidateOptions<SecurityOptions>, IValidateOptions<WorkerOptions>
{
    public const int ShortestPassword = 8;

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(options.Root))
        {
            problems.Add("Storage:Root is empty; give a folder, such as data.");
        }

        if (options.MaxUploadBytes < 1)
        {
            problems.Add($"Storage:MaxUploadBytes is {options.MaxUploadBytes}; allowed are numbers from 1.");
        }

        if (options.MaxUploadPixels < 1)
        {
            problems.Add($"Storage:MaxUploadPixels is {options.MaxUploadPixels}; allowed are numbers from 1.");
        }

        return Result(problems);
    }

    public ValidateOptionsResult Validate(string? name, SecurityOptions options) => Result(
        options.Password is { Length: > 0 and < ShortestPassword }
            ? [$"Security:Password has {options.Password.Length} characters; give at least {ShortestPassword}, or none to stay on this machine."]
            : []);

    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        List<string> problems = [];
        if (options.MaxCrashes < 1)
        {
            problems.Add($"Worker:MaxCrashes is {options.MaxCrashes}; allowed are numbers from 1.");
        }

        if (options.CheckpointBytesASession < 0 || options.CheckpointBytes < 0)
        {
            problems.Add("Worker:CheckpointBytesASession and Worker:CheckpointBytes are numbers of bytes from 0; the newest checkpoint of a run that goes on is always kept.");
        }

        foreach (string device in options.Devices.Where(device => device is not "cpu" and not "auto" and not "cuda" && !device.StartsWith("cuda:", StringComparison.Ordinal)))
        {
            problems.Add($"Worker:Devices has '{device}'; allowed are cpu, cuda, and cuda:0 and so on.");
        }

        if (options.StopTimeout <= TimeSpan.Zero)
        {
            problems.Add($"Worker:StopTimeout is {options.StopTimeout}; allowed are times above 00:00:00.");
        }

        return Result(problems);
    }

    private static ValidateOptionsResult Result(List<string> problems) =>
        problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
}
