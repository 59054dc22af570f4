using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Components;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Hosting.Door;

NativeHeap.GiveBack();
try
{
    await RunAsync(args);
    return 0;
}
catch (Exception e) when (StartFailure.InWords(e) is { } words)
{
    await Console.Error.WriteLineAsync(words);
    return 1;
}

static async Task RunAsync(string[] args)
{
    WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
    builder.LogAfterTheStart();
    builder.AddStudioOptions();
    builder.AddStudioData();
    builder.AddStudioSessions();
    builder.AddStudioDoor();
    builder.AddStudioSharing();
    builder.AddStudioWeb();

    WebApplication app = builder.Build();
    app.RequireWebRoot();
    // EF takes longest of all to get going, on one core; the rest is laid out beside it.
    Task database = Task.Run(app.MigrateAsync);
    app.UseStudioGate();
    app.MapStudioApi();
    app.MapStudioPages<App>();
    await database;
    app.Lifetime.ApplicationStarted.Register(() => StartFailure.HasStarted = true);
    await app.RunAsync();
}
