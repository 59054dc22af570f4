using static TorchSharp.torch;

namespace StyleTransfer.Engine.Optimizers;

internal interface IOptimizer : IDisposable
{
    double LearningRate { get; set; }

    Tensor Step(Tensor x, Tensor gradient);

    void Observe(Tensor step, Tensor gradient);
}
