using System.CommandLine;
using StyleTransfer.Cli.Commands;
using StyleTransfer.Cli.Terminal;
using StyleTransfer.Cli.Worker;

RootCommand root = new("Neural style transfer by optimisation: a picture's content in a painting's style.")
{
    TransferCommand.Create(),
    ReconstructCommand.Create(),
    FeaturesCommand.Create(),
    LossCommand.Create(),
    EncodersCommand.Create(),
    DistillCommand.Create(),
    JudgeCommand.Create(),
    SheetCommand.Create(),
    WorkerCommand.Create(),
};

return await CommandRunner.RunAsync(root, args);
