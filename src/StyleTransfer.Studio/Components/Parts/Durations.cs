using System.Globalization;
using System.Resources;

namespace StyleTransfer.Studio.Components.Parts;

/// <summary>Times as people say them, in their language.</summary>
public static class Durations
{
    // As for ParameterNames: no injecting, because shared pages say times, too.
    private static readonly ResourceManager texts = new(typeof(Durations));

    /// <summary>What scripts write a number of seconds with, in place of {0}.</summary>
    public static string SecondsPattern => Pattern("Seconds");

    /// <summary>Rounded to what one remembers.</summary>
    public static string Text(double seconds) => seconds switch
    {
        < 10 => Tenths(seconds),
        < 90 => Say("Seconds", seconds, "0"),
        < 5400 => Say("Minutes", seconds / 60, "0"),
        _ => Say("Hours", seconds / 3600, "0.#"),
    };

    /// <summary>To be compared with others: seconds, and tenths of them, however long.</summary>
    public static string Tenths(double seconds) => Say("Seconds", seconds, "0.0");

    /// <summary>Counting down: two units, so that one sees it move.</summary>
    public static string Left(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => Say("HoursAndMinutes", (int)time.TotalHours, time.Minutes),
        { TotalMinutes: >= 1 } => Say("MinutesAndSeconds", time.Minutes, time.Seconds),
        _ => Say("Seconds", (int)Math.Ceiling(time.TotalSeconds)),
    };

    private static string Say(string unit, double value, string format) => Say(unit, value.ToString(format, CultureInfo.CurrentCulture));

    private static string Say(string unit, params object[] values) => string.Format(CultureInfo.CurrentCulture, Pattern(unit), values);

    private static string Pattern(string unit) => texts.GetString(unit, CultureInfo.CurrentUICulture)!;
}
