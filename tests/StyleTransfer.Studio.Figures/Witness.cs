using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace StyleTransfer.Studio.Figures;

/// <summary>A script that looks on in every page and notes what is to be seen in it, and when; times are those of the machine's clock.</summary>
internal static class Witness
{
    // Eyes open forty times a second: often enough for figures in seconds, seldom enough not to be one itself.
    public const string Script = """
        (() => {
          const seen = (window.seen = { begun: performance.timeOrigin, pictures: [], states: [] });
          let source = null;
          let state = "";
          setInterval(() => {
            const image = document.querySelector("img.stage-image");
            if (image?.complete && image.naturalWidth > 0 && image.currentSrc !== source) {
              source = image.currentSrc;
              const url = source;
              image.decode().then(() => seen.pictures.push({ at: Date.now(), url }), () => {});
            }
            const chart = document.querySelector(".chart .js-plotly-plot");
            const line = chart?.querySelector(".scatterlayer path.js-line[d]");
            const sketch = document.querySelector(".chart .curve-sketch:has(polyline)");
            const points = line && chart.data?.[0]?.x?.[0] === 1 ? chart.data[0].x.length : Number(sketch?.checkVisibility() ? sketch.dataset.points : 0);
            const iteration = Number(document.querySelector(".facts b")?.textContent ?? 0);
            const next = `${points} ${iteration} ${seen.pictures.length > 0}`;
            if (next !== state) {
              state = next;
              seen.states.push({ at: Date.now(), points, iteration, picture: seen.pictures.length > 0 });
            }
          }, 25);
          document.addEventListener("click", (event) => {
            if (event.target.closest(".start button")) sessionStorage.started = Date.now();
          }, true);
        })();
        """;

    /// <summary>From the navigation's start until picture, whole curve and iteration count are there.</summary>
    /// <param name="iterations">That the run had when the page was opened.</param>
    public static Task<double> SecondsUntilWholeAsync(IPage page, int iterations) => SecondsAsync(
        page, $"seen.states.find((s) => s.picture && s.points >= {Number(iterations)} && s.iteration >= {Number(iterations)})", "seen.begun");

    /// <summary>From the click on Start until the first picture.</summary>
    public static Task<double> SecondsUntilPictureAsync(IPage page) => SecondsAsync(page, "seen.pictures[0]", "Number(sessionStorage.started)");

    /// <summary>Every preview that was shown, with the time when it was.</summary>
    public static async Task<IReadOnlyList<(DateTimeOffset At, string Url)>> PicturesAsync(IPage page) =>
    [
        .. (await page.EvaluateAsync<JsonElement>("seen.pictures")).EnumerateArray()
            .Select(shown => (DateTimeOffset.FromUnixTimeMilliseconds((long)shown.GetProperty("at").GetDouble()), shown.GetProperty("url").GetString()!)),
    ];

    private static async Task<double> SecondsAsync(IPage page, string found, string since)
    {
        await page.WaitForFunctionAsync($"() => !!({found})");
        return await page.EvaluateAsync<double>($"() => (({found}).at - {since}) / 1000");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
