using System.Security.Cryptography;
using StyleTransfer.Core;
using StyleTransfer.Core.Images;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace StyleTransfer.Engine.Distillation;

/// <summary>
/// The pictures of a folder, and what augmentation makes of them. A few pictures, strongly augmented, distil well
/// (Asano and Saeed, "The Augmented Image Prior", ICLR 2023).
/// </summary>
internal sealed class TrainingPictures : IDisposable
{
    private const int MaxEdge = 512;
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"];

    private readonly List<Tensor> pictures = [];

    /// <exception cref="ImageException">The folder holds no pictures.</exception>
    public TrainingPictures(string folder)
    {
        string[] files = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal)]
            : [];
        if (files.Length == 0)
        {
            throw new ImageException($"The folder '{folder}' holds no pictures; give one with {string.Join(", ", Extensions)} files.");
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            hash.AppendData(bytes);
            PixelImage picture = ImageReader.Read(bytes, ImageLimits.Default, MaxEdge);
            using Tensor pixels = PixelTensors.ToTensor(picture, CPU);
            pictures.Add(pixels.Times(255).round().to(ScalarType.Byte).DetachFromDisposeScope());
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public int Count => pictures.Count;

    /// <summary>Of all files, in the order of their names.</summary>
    public string Sha256 { get; }

    /// <summary>A square crop at a random scale, turned and mirrored, nothing else: [1, 3, edge, edge].</summary>
    public Tensor Crop(Random random, int edge)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor picture = pictures[random.Next(pictures.Count)];
        int height = (int)picture.shape[2];
        int width = (int)picture.shape[3];
        int largest = Math.Min(height, width);
        double smallest = Math.Min(edge * 0.6, largest);
        int side = (int)(smallest * Math.Pow(largest / smallest, random.NextDouble()));
        int top = random.Next(height - side + 1);
        int left = random.Next(width - side + 1);
        Tensor crop = picture[.., .., top..(top + side), left..(left + side)].to(ScalarType.Float32).Over(255);
        crop = side > edge
            ? F.interpolate(crop, [edge, edge], mode: InterpolationMode.Area)
            : F.interpolate(crop, [edge, edge], mode: InterpolationMode.Bicubic, align_corners: false).Clamp(0, 1);
        crop = rot90(crop, random.Next(4), (2, 3));
        return (random.Next(2) == 0 ? crop : crop.flip(3)).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>A crop with all that augmentation does: colour, mixing, noise, blur, sharpening; sometimes no photo at all.</summary>
    public Tensor Augmented(Random random, Generator noise, int edge)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = random.NextDouble() < 0.12 ? ProceduralTexture.Create(random, noise, edge) : Crop(random, edge);
        if (random.NextDouble() < 0.25)
        {
            Tensor other = random.NextDouble() < 0.3 ? ProceduralTexture.Create(random, noise, edge) : Crop(random, edge);
            x = random.Next(2) == 0 ? lerp(x, other, (float)random.NextDouble()) : Pasted(x, other, random, edge);
        }

        x = Recolored(x, random, noise);
        if (random.NextDouble() < 0.2)
        {
            Tensor blurred = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), PaddingModes.Reflect), 3, 1L);
            x = random.Next(2) == 0 ? blurred : x.Plus((x - blurred).Times(2 * random.NextDouble()));
        }

        if (random.NextDouble() < 0.35)
        {
            double deviation = 0.15 * Math.Pow(random.NextDouble(), 2);
            int grain = 1 << random.Next(3);
            Tensor grains = randn([1, 3, edge / grain, edge / grain], generator: noise);
            x = x.Plus(F.interpolate(grains, [edge, edge], mode: InterpolationMode.Nearest).Times(deviation));
        }

        return x.Clamp(0, 1).MoveToOuterDisposeScope();
    }

    public void Dispose() => pictures.ForEach(picture => picture.Dispose());

    private static Tensor Pasted(Tensor x, Tensor other, Random random, int edge)
    {
        int side = random.Next(edge / 4, edge);
        int top = random.Next(edge - side + 1);
        int left = random.Next(edge - side + 1);
        Tensor pasted = x.clone();
        pasted[.., .., top..(top + side), left..(left + side)] = other[.., .., top..(top + side), left..(left + side)];
        return pasted;
    }

    private static Tensor Recolored(Tensor x, Random random, Generator noise)
    {
        double kind = random.NextDouble();
        if (kind < 0.3)
        {
            return x;
        }

        if (kind < 0.36)
        {
            return (-x).Plus(1);
        }

        if (kind < 0.42)
        {
            return x.mean([1L], keepdim: true).expand(-1, 3, -1, -1);
        }

        double strength = 0.35 * random.NextDouble();
        Tensor matrix = eye(3).Plus(randn([3, 3], generator: noise).Times(strength));
        Tensor mixed = einsum("oc,bchw->bohw", matrix, x.Minus(0.5));
        double contrast = Math.Exp(0.5 * ((2 * random.NextDouble()) - 1));
        double brightness = 0.5 + (0.4 * (random.NextDouble() - 0.5));
        return mixed.Times(contrast).Plus(brightness);
    }
}
