namespace StyleTransfer.Core.Encoders;

/// <summary>What is known about VGG-19's weights before they are here.</summary>
internal static class Vgg19Facts
{
    public const string Description = "The paper's own network: VGG-19, trained on ImageNet.";
    public const string License = "BSD-3-Clause";
    public const string Source = "torchvision (IMAGENET1K_V1), as timm/vgg19.tv_in1k";

    /// <summary>The sixteen convolutions as float32, without the file's header.</summary>
    public static long ReducedBytes { get; } = EncoderShape.Vgg19.Sum(convolution => 4L * convolution.Outputs * (9 * convolution.Inputs + 1));
}
