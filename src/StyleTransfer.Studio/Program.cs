using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Components;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Hosting.Door;

NativeHeap.GiveBack();
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
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
await app.RunAsync();
