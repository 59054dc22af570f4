using System.Globalization;
using StyleTransfer.Core;
using TorchSharp;

namespace StyleTransfer.Cli.Worker;

/// <summary>The device that the studio gave this worker: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
internal static class WorkerDevice
{
    public static int CudaCount => torch.cuda.is_available() ? torch.cuda.device_count() : 0;

    /// <exception cref="RunException">No such device here.</exception>
    public static torch.Device Choose(string? name)
    {
        if (name is null or "" or "auto")
        {
            return CudaCount > 0 ? torch.CUDA : torch.CPU;
        }

        if (name == "cpu")
        {
            return torch.CPU;
        }

        string[] parts = name.Split(':');
        int index = 0;
        bool isCuda = parts is ["cuda"] || (parts is ["cuda", _] && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index));
        return isCuda && index < CudaCount
            ? torch.device($"cuda:{index}")
            : throw new RunException($"The worker's device is '{name}'; this machine has cpu{(CudaCount > 0 ? $" and cuda:0 to cuda:{CudaCount - 1}" : "")}. Change Worker:Devices.");
    }

    public static string Name(torch.Device device) =>
        device.type == DeviceType.CUDA ? string.Create(CultureInfo.InvariantCulture, $"cuda:{Math.Max(0, device.index)}") : "cpu";
}
