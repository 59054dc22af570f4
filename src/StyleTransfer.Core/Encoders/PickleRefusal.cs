namespace StyleTransfer.Core.Encoders;

/// <summary>PyTorch's own files are programs that run when they are read; they are never opened, only recognised.</summary>
internal static class PickleRefusal
{
    /// <exception cref="EncoderException">The file is a pickle, by its name or by its first bytes.</exception>
    public static void Check(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".pth" or ".pt" or ".bin" or ".pkl" or ".ckpt")
        {
            throw Refused(path);
        }

        if (File.Exists(path))
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            CheckContent(stream, path);
        }
    }

    /// <exception cref="EncoderException">It begins as a pickle.</exception>
    public static void CheckContent(FileStream file, string name)
    {
        Span<byte> start = stackalloc byte[4];
        file.Position = 0;
        int read = file.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        if (read >= 4 && BeginsAsPickle(start))
        {
            throw Refused(name);
        }
    }

    // A pickle of protocol 2 or later, or the ZIP archive that PyTorch wraps it in.
    private static bool BeginsAsPickle(ReadOnlySpan<byte> start) =>
        start.SequenceEqual("PK\u0003\u0004"u8) || (start[0] == 0x80 && start[1] is >= 2 and <= 5 && start[2] is (byte)'}' or (byte)'c' or (byte)'\u008a');

    private static EncoderException Refused(string path) => new(
        $"'{path}' is a PyTorch pickle, which can run any code when it is read; only safetensors files are read. Install VGG-19 with "
        + "`styletransfer encoders install vgg19`, or on a machine with PyTorch: safetensors.torch.save_file(torch.load(FILE, weights_only=True), \"vgg19.safetensors\").");
}
