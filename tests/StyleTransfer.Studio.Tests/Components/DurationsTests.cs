using System.Globalization;
using StyleTransfer.Studio.Components.Parts;

namespace StyleTransfer.Studio.Tests.Components;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(3.14, "3.1 s", "3.1초")]
    [InlineData(42.4, "42 s", "42초")]
    [InlineData(600, "10 min", "10분")]
    [InlineData(5400, "1.5 h", "1.5시간")]
    public void Text_InBothLanguages_HasItsUnits(double seconds, string english, string korean)
    {
        Assert.Equal(english, In("en-US", () => Durations.Text(seconds)));
        Assert.Equal(korean, In("ko-KR", () => Durations.Text(seconds)));
    }

    [Theory]
    [InlineData(9.2, "10 s", "10초")]
    [InlineData(125, "2 min 5 s", "2분 5초")]
    [InlineData(4500, "1 h 15 min", "1시간 15분")]
    public void Left_InBothLanguages_HasTwoUnits(double seconds, string english, string korean)
    {
        Assert.Equal(english, In("en-US", () => Durations.Left(TimeSpan.FromSeconds(seconds))));
        Assert.Equal(korean, In("ko-KR", () => Durations.Left(TimeSpan.FromSeconds(seconds))));
    }

    private static string In(string culture, Func<string> say)
    {
        (CultureInfo former, CultureInfo formerUi) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            return say();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (former, formerUi);
        }
    }
}
