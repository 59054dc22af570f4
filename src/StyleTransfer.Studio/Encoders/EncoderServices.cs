using StyleTransfer.Core.Encoders;

namespace StyleTransfer.Studio.Encoders;

internal static class EncoderServices
{
    public static void AddStudioEncoders(this IServiceCollection services)
    {
        services.AddSingleton(_ => new EncoderCatalog(EncoderOptions.Load()));
        services.AddSingleton(provider => new EncoderInstaller(
            provider.GetRequiredService<EncoderCatalog>(),
            InstallOptions.WithMirrors(provider.GetRequiredService<EncoderCatalog>().Options)));
        services.AddSingleton(provider => new EncoderInstallation(
            provider.GetRequiredService<EncoderInstaller>(),
            EncoderInstaller.CreateClient(),
            provider.GetRequiredService<ILogger<EncoderInstallation>>()));
    }
}
