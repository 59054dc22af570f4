using MudBlazor;

namespace StyleTransfer.Studio.Components.Layout;

/// <summary>
/// The studio's look: the paper and ink of a print room, with vermilion for what one can press. Pictures are the only strong colours.
/// </summary>
internal static class StudioTheme
{
    private static readonly string[] Sans = ["Inter", "Segoe UI", "system-ui", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif"];
    private static readonly string[] Serif = ["Iowan Old Style", "Palatino Linotype", "Palatino", "Noto Serif", "Georgia", "serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#a83a24",
            PrimaryContrastText = "#ffffff",
            Secondary = "#24636b",
            Tertiary = "#7a5c1e",
            Background = "#f7f4ee",
            Surface = "#fffdf9",
            AppbarBackground = "#f7f4ee",
            AppbarText = "#241f1a",
            DrawerBackground = "#f1ede4",
            DrawerText = "#3b342c",
            TextPrimary = "#241f1a",
            TextSecondary = "#5d544a",
            ActionDefault = "#5d544a",
            LinesDefault = "#ddd5c8",
            Divider = "#e4ddd1",
            Error = "#a3202e",
            Success = "#2d6a3e",
            Info = "#24636b",
            Warning = "#8a5a00",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#f08a6c",
            PrimaryContrastText = "#22120c",
            Secondary = "#7fc4cc",
            Tertiary = "#d9b873",
            Background = "#151311",
            Surface = "#1f1c19",
            AppbarBackground = "#151311",
            AppbarText = "#efe8dd",
            DrawerBackground = "#1a1815",
            DrawerText = "#d8cfc2",
            TextPrimary = "#efe8dd",
            TextSecondary = "#b5aa9b",
            ActionDefault = "#b5aa9b",
            LinesDefault = "#39342e",
            Divider = "#2e2a25",
            Error = "#ff8f8f",
            Success = "#8fd3a0",
            Info = "#7fc4cc",
            Warning = "#f0c46c",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", DrawerWidthLeft = "216px", AppbarHeight = "60px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Sans, FontSize = "0.95rem", LineHeight = "1.5" },
            H1 = new H1Typography { FontFamily = Serif, FontSize = "1.9rem", FontWeight = "600", LineHeight = "1.2", LetterSpacing = "-0.01em" },
            H2 = new H2Typography { FontFamily = Serif, FontSize = "1.25rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "0" },
            H3 = new H3Typography { FontFamily = Sans, FontSize = "1rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "0" },
            Button = new ButtonTypography { FontFamily = Sans, FontWeight = "600", TextTransform = "none", LetterSpacing = "0" },
        },
    };
}
