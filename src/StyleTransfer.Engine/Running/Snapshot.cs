using StyleTransfer.Core.Images;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Engine.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace StyleTransfer.Engine.Running;

/// <summary>What a run shows of itself: its picture with the content's colours and alpha where the recipe keeps them.</summary>
internal sealed class Snapshot(RunState state, TransferInputs inputs, Device device) : IRunSnapshot
{
    private PixelImage? content; // at the size last asked for

    public Recipe Recipe => state.Recipe;

    public PixelImage Picture(int? maxEdge = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor picture = state.Result();
        (int width, int height) = ((int)picture.shape[3], (int)picture.shape[2]);
        if (maxEdge is int edge && edge < Math.Max(width, height))
        {
            (width, height) = ImageScaler.Fit(width, height, edge);
            picture = PixelTensors.Resize(picture, width, height);
        }

        bool keepsColor = state.Recipe.Color.Preserve != ColorPreservation.None;
        double refinement = state.Recipe.Refinement.Strength;
        if (inputs.Content is null || (!keepsColor && refinement == 0 && inputs.Content.Alpha is null))
        {
            return PixelTensors.ToImage(picture);
        }

        if (content is null || content.Width != width || content.Height != height)
        {
            content = ImageScaler.Resize(inputs.Content, width, height);
        }

        if (keepsColor || refinement > 0)
        {
            Tensor pixels = PixelTensors.ToTensor(content, device);
            picture = refinement > 0 ? EdgeRefinement.Apply(picture, pixels, refinement) : picture;
            picture = keepsColor ? Luma.WithChroma(picture, pixels) : picture;
        }

        return PixelTensors.ToImage(picture, content.Alpha);
    }

    public byte[] Checkpoint() => Running.Checkpoint.Write(state);
}
