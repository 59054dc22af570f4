using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace StyleTransfer.Studio.Components.Layout;

/// <summary>A place in the navigation.</summary>
/// <param name="Name">The key of its name in <c>MainLayout.resx</c>.</param>
/// <param name="Key">Pressed after <c>g</c>, it leads there.</param>
internal sealed record Place(string Href, string Icon, string Name, string Key, NavLinkMatch Match = NavLinkMatch.Prefix);

/// <summary>
/// Where one can go. A new page adds one line here and its name to <c>MainLayout.resx</c> and <c>MainLayout.ko.resx</c>; the rail, the bar
/// of a phone, the shortcuts and their sheet follow.
/// </summary>
internal static class Places
{
    /// <summary>So many stand in a phone's bar; the others are behind “More”.</summary>
    public const int InBar = 4;

    public static readonly Place[] All =
    [
        new("/", Icons.Material.Outlined.AddPhotoAlternate, "New", "n", NavLinkMatch.All),
        new("/sessions", Icons.Material.Outlined.PhotoLibrary, "Sessions", "s"),
        new("/styles", Icons.Material.Outlined.Palette, "Styles", "t"),
        new("/queue", Icons.Material.Outlined.LowPriority, "Queue", "q"),
        new("/encoders", Icons.Material.Outlined.Hub, "Encoders", "e"),
    ];
}
