using StyleTransfer.Core.Recipes;
using StyleTransfer.Core.Runs;

namespace StyleTransfer.Engine.Tests.Running;

/// <summary>How long the rest of a run takes, by runs whose every iteration's cost is known.</summary>
public sealed class RunPaceTests
{
    // 128, 256 and 512 pixels, square.
    private static readonly Recipe recipe = new()
    {
        Schedule = new ScheduleSettings { Size = 512, MinSize = 128, Ratio = 2, FirstIterations = 50, Iterations = 25 },
    };

    [Fact]
    public void SecondsLeft_NothingYet_IsUnknown()
    {
        RunPace pace = new(recipe);

        Assert.Null(pace.SecondsLeft);
        Assert.Equal(0, pace.Share);
    }

    // From the first scale on, though an iteration costs six milliseconds more than its pixels say: a third of it at 128 pixels.
    [Theory]
    [InlineData(20)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(99)]
    public void SecondsLeft_CostOfPixelsAndAFixedOne_IsWithinAFifthOfWhatComes(int seen)
    {
        RunPace pace = new(recipe);
        double left = Run(pace, seen, edge => 0.006 + (edge * edge * 3e-7));

        Assert.InRange(pace.SecondsLeft!.Value / left, 0.8, 1.2);
    }

    [Fact]
    public void SecondsLeft_SlowerFromTheSecondScaleOn_FollowsIt()
    {
        RunPace pace = new(recipe);
        double left = Run(pace, 60, edge => edge * edge * (edge > 128 ? 9e-7 : 3e-7));

        Assert.InRange(pace.SecondsLeft!.Value / left, 0.8, 1.2);
    }

    [Fact]
    public void SecondsLeft_ScaleEndedEarly_CountsWhatIsLeftOfTheRest()
    {
        RunPace pace = new(recipe);
        for (int i = 1; i <= 10; i++)
        {
            pace.Take(0, i, 128, 128, i);
        }

        for (int i = 11; i <= 20; i++)
        {
            pace.Take(1, i, 256, 256, 10 + ((i - 10) * 2));
        }

        // 15 more at this scale, and 25 at one that costs nearly four times as much.
        Assert.InRange(pace.SecondsLeft!.Value, (15 + (25 * 3)) * 2, (15 + (25 * 4)) * 2);
    }

    [Fact]
    public void SecondsLeft_SeenFirstInTheMiddleOfAScale_CountsFromThere()
    {
        RunPace pace = new(recipe);
        for (int i = 90; i <= 95; i++)
        {
            pace.Take(2, i, 512, 512, i - 80);
        }

        Assert.Equal(5, pace.SecondsLeft!.Value, 1e-9);
    }

    [Fact]
    public void SecondsLeft_LastIterationAndMore_IsNothing()
    {
        RunPace pace = new(recipe with { Schedule = recipe.Schedule with { Pyramid = false, FirstIterations = 1 } });
        pace.Take(0, 1, 512, 512, 1);
        Assert.Equal(0, pace.SecondsLeft);
        Assert.Equal(1, pace.Share);

        pace.Take(0, 2, 512, 512, 2);
        Assert.Equal(0, pace.SecondsLeft);
    }

    [Fact]
    public void SecondsLeft_ChangeAddsIterations_CountsThem()
    {
        RunPace pace = new(recipe);
        Run(pace, 100, edge => edge * edge * 1e-6);
        Assert.Equal(0, pace.SecondsLeft!.Value, 1e-9);

        pace.Recipe = recipe with { Changes = [new RecipeChange { Iteration = 100, ExtraIterations = 10 }] };

        Assert.Equal(10 * 512 * 512 * 1e-6, pace.SecondsLeft!.Value, 1e-9);
        Assert.InRange(pace.Share, 0.7, 0.8);
    }

    [Fact]
    public void ShareLeft_OfTheBeginningTheMiddleAndTheEnd_FallsToNothing()
    {
        double[] left = [.. new[] { 0, 50, 75, 100 }.Select(iterations => RunPace.ShareLeft(recipe, iterations))];

        Assert.Equal(1, left[0]);
        Assert.Equal(left.OrderDescending(), left);
        Assert.Equal(0, left[3]);
        Assert.InRange(left[2], 0.6, 0.75);
    }

    // How long the rest of it takes.
    private static double Run(RunPace pace, int seen, Func<double, double> cost)
    {
        double seconds = 0;
        double seenSeconds = 0;
        int iteration = 0;
        foreach ((int scale, ScaleStep step) in ScalePlan.Of(recipe.Schedule).Index())
        {
            for (int i = 0; i < step.Iterations; i++)
            {
                seconds += cost(step.LongerEdge);
                if (++iteration <= seen)
                {
                    pace.Take(scale, iteration, step.LongerEdge, step.LongerEdge, seconds);
                    seenSeconds = seconds;
                }
            }
        }

        return seconds - seenSeconds;
    }
}
