using StyleTransfer.Studio.Comparing;

namespace StyleTransfer.Studio.Tests.Comparing;

public sealed class BradleyTerryTests
{
    // The American League of 1987, as Agresti's Categorical Data Analysis fits it (table 10.10): wins of each row over each column.
    private static readonly string[] teams = ["Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"];

    private static readonly double[,] league = new double[,]
    {
        { 0, 7, 9, 7, 7, 9, 11 },
        { 6, 0, 7, 5, 11, 9, 9 },
        { 4, 6, 0, 7, 7, 8, 12 },
        { 6, 8, 6, 0, 6, 7, 10 },
        { 6, 2, 6, 7, 0, 7, 12 },
        { 4, 4, 5, 6, 6, 0, 6 },
        { 2, 4, 1, 3, 1, 7, 0 },
    };

    [Fact]
    public void Fit_PublishedLeague_GivesThePublishedStrengths()
    {
        double[] published = [1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0];

        IReadOnlyList<Standing> fitted = BradleyTerry.Fit(league);

        double[] found = [.. fitted.Select(standing => standing.Strength - fitted[^1].Strength)];
        Assert.Equal(teams, teams.OrderByDescending(team => found[Array.IndexOf(teams, team)]));
        for (int i = 0; i < published.Length; i++)
        {
            // The prior pulls a little towards the mean; the publication has two digits.
            Assert.Equal(published[i], found[i], tolerance: 0.04);
        }
    }

    [Fact]
    public void Fit_NoVotes_EverybodyIsEqualAndUncertain()
    {
        IReadOnlyList<Standing> fitted = BradleyTerry.Fit(new double[3, 3]);

        Assert.All(fitted, standing => Assert.Equal(0, standing.Strength, 9));
        Assert.All(fitted, standing => Assert.True(standing.Error > 2));
    }

    [Fact]
    public void Fit_NeverBeaten_StaysFinite()
    {
        double[,] wins = new double[2, 2];
        wins[0, 1] = 5;

        IReadOnlyList<Standing> fitted = BradleyTerry.Fit(wins);

        Assert.InRange(fitted[0].Strength, 0.5, 5);
        Assert.Equal(0, fitted.Sum(standing => standing.Strength), 9);
        Assert.True(fitted[0].Error > 0.5);
    }

    [Fact]
    public void Fit_FourTimesTheVotes_HalvesTheError()
    {
        double[,] fourfold = (double[,])league.Clone();
        for (int i = 0; i < fourfold.GetLength(0); i++)
        {
            for (int j = 0; j < fourfold.GetLength(1); j++)
            {
                fourfold[i, j] *= 4;
            }
        }

        double once = BradleyTerry.Fit(league)[0].Error;

        Assert.Equal(once / 2, BradleyTerry.Fit(fourfold)[0].Error, tolerance: 0.02 * once);
    }
}
