using StyleTransfer.Studio.Api;
using StyleTransfer.Studio.Components;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Hosting.Door;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddStudioOptions();
builder.AddStudioData();
builder.AddStudioSessions();
builder.AddStudioDoor();
builder.AddStudioWeb();

WebApplication app = builder.Build();
app.RequireWebRoot();
await app.MigrateAsync();
app.UseStudioGate();
app.MapStudioApi();
app.MapStudioPages<App>();
await app.RunAsync();
