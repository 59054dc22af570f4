using System.CommandLine;
using System.CommandLine.Parsing;
using StyleTransfer.Core;

namespace StyleTransfer.Cli.Terminal;

/// <summary>Runs a command line and turns how it ended into an exit code: 0 success, 1 failure, 2 usage.</summary>
internal static class CommandRunner
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{parsed.Errors[0].Message} Run `{CommandPath(parsed)} --help` for what is allowed.");
            return Usage;
        }

        try
        {
            // Ctrl-C is each command's own: a run keeps what there is instead of being torn down after a timeout.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (RecipeException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Usage;
        }
        catch (StyleTransferException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failure;
        }
    }

    private static string CommandPath(ParseResult parsed)
    {
        List<string> names = [];
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            names.Insert(0, command.Command is RootCommand ? "styletransfer" : command.Command.Name);
        }

        return string.Join(' ', names);
    }
}
