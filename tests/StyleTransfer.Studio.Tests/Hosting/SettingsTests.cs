using Microsoft.Extensions.Options;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Tests;

namespace StyleTransfer.Studio.Tests.Hosting;

/// <summary>One field of a valid baseline is broken at a time, and the message names its key.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void Storage_Defaults_AreValid() => Assert.True(new OptionsValidation().Validate(null, new StorageOptions()).Succeeded);

    [Fact]
    public void Storage_EmptyRoot_IsNamed() => AssertFails(
        "Storage:Root is empty; give a folder, such as data.",
        new OptionsValidation().Validate(null, new StorageOptions { Root = " " }));

    [Fact]
    public void Storage_NoBytes_IsNamed() => AssertFails(
        "Storage:MaxUploadBytes is 0; allowed are numbers from 1.",
        new OptionsValidation().Validate(null, new StorageOptions { MaxUploadBytes = 0 }));

    [Fact]
    public void Storage_NegativePixels_IsNamed() => AssertFails(
        "Storage:MaxUploadPixels is -1; allowed are numbers from 1.",
        new OptionsValidation().Validate(null, new StorageOptions { MaxUploadPixels = -1 }));

    [Fact]
    public void Storage_TwoMistakes_AreBothNamed()
    {
        ValidateOptionsResult result = new OptionsValidation().Validate(null, new StorageOptions { Root = "", MaxUploadBytes = 0 });

        Assert.Equal(2, result.Failures!.Count());
    }

    [Fact]
    public void Security_ShortPassword_IsNamedWithoutShowingIt() => AssertFails(
        "Security:Password has 5 characters; give at least 8, or none to stay on this machine.",
        new OptionsValidation().Validate(null, new SecurityOptions { Password = "abcde" }));

    [Fact]
    public void Worker_NoCrashAllowed_IsNamed() => AssertFails(
        "Worker:MaxCrashes is 0; allowed are numbers from 1.",
        new OptionsValidation().Validate(null, new WorkerOptions { MaxCrashes = 0 }));

    [Fact]
    public void Worker_NoTimeToStop_IsNamed() => AssertFails(
        "Worker:StopTimeout is 00:00:00; allowed are times above 00:00:00.",
        new OptionsValidation().Validate(null, new WorkerOptions { StopTimeout = TimeSpan.Zero }));

    [Fact]
    public async Task Start_OpenAddressWithoutPassword_IsRefused()
    {
        StudioStartException e = await Assert.ThrowsAsync<StudioStartException>(() => StudioApp.StartAsync(("Urls", "http://0.0.0.0:0")));

        Assert.Equal("Urls is http://0.0.0.0:0, which other machines can reach, but Security:Password is not set. Set a password, or listen on http://localhost:0.", e.Message);
    }

    [Theory]
    [InlineData("http://*:5080")]
    [InlineData("http://+:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://192.168.1.2:5080")]
    [InlineData("http://studio.example:5080")]
    public async Task Start_EveryWayToSayOpen_IsRefused(string url) =>
        await Assert.ThrowsAsync<StudioStartException>(() => StudioApp.StartAsync(("Urls", url)));

    [Theory]
    [InlineData("--urls", "the studio's", "listens there")]
    [InlineData("--Storage:Root", "the studio's", "keeps its data in")]
    [InlineData("--Storage:MaxUploadBytes", "0", "Storage:MaxUploadBytes is 0")]
    [InlineData("--Storage:MaxUploadBytes", "many", "'Storage:MaxUploadBytes'")]
    [InlineData("--urls", "nonsense", "Urls has 'nonsense'")]
    [InlineData("--urls", "http://localhost:many", "Urls has 'http://localhost:many'")]
    [InlineData("--Storage:Root", "/proc/none", "cannot keep its data in")]
    public async Task Start_WhatCannotBe_IsToldWithoutAStackTrace(string setting, string value, string words)
    {
        Assert.SkipWhen(value.StartsWith("/proc", StringComparison.Ordinal) && !OperatingSystem.IsLinux(), "A folder that nobody can write in is known on Linux only.");
        await using StudioProcess first = await StudioProcess.StartAsync(TestContext.Current.CancellationToken);
        string given = value == "the studio's" ? (setting == "--urls" ? first.Address : first.DataRoot) : value;

        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(() => StudioProcess.StartAsync(TestContext.Current.CancellationToken, setting, given));

        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", e.Message, StringComparison.Ordinal);
    }

    private static void AssertFails(string message, ValidateOptionsResult result) => Assert.Equal([message], result.Failures);
}
