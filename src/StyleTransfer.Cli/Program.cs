using System.CommandLine;
using StyleTransfer.Cli.Commands;
using StyleTransfer.Cli.Terminal;

RootCommand root = new("Neural style transfer by optimisation: a picture's content in a painting's style.")
{
    EncodersCommand.Create(),
    DistillCommand.Create(),
};

return await CommandRunner.RunAsync(root, args);
