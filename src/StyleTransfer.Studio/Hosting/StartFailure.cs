using System.Reflection;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace StyleTransfer.Studio.Hosting;

/// <summary>The studio cannot start; the message says what was found and what to do.</summary>
internal sealed class StudioStartException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What is told at the terminal in place of a stack trace where the studio cannot start.</summary>
internal static class StartFailure
{
    // A host that tests start is to fail as it does.
    private static readonly bool isOwnProcess = Assembly.GetEntryAssembly() == typeof(StartFailure).Assembly;

    /// <summary>Until then the host's own words for a failed start, a stack trace, are left out of the log.</summary>
    public static bool HasStarted { get; set; }

    public static void LogAfterTheStart(this WebApplicationBuilder builder) =>
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Information && (!isOwnProcess || HasStarted || level < LogLevel.Error));

    /// <returns>Null where nobody foresaw it: then the trace is what helps.</returns>
    public static string? InWords(Exception e) => e switch
    {
        _ when !isOwnProcess || HasStarted => null,
        StudioStartException => e.Message,
        OptionsValidationException settings => string.Join(Environment.NewLine, settings.Failures),
        // A setting that is no number where one is wanted: the binder names its key and what it found.
        InvalidOperationException { InnerException: ArgumentException or FormatException } => $"{e.Message} Correct it in appsettings.json, the environment or the command line.",
        IOException { InnerException: AddressInUseException } => $"{e.Message} Another program, or another studio, listens there. Stop it, or choose another port: --urls http://localhost:5081.",
        _ => null,
    };
}
