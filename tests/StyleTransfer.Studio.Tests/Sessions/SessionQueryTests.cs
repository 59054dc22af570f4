using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class SessionQueryTests
{
    [Fact]
    public void Parse_WordsAndConditions_AreTold()
    {
        SessionQuery query = SessionQuery.Parse("""Night "two words" size:512 rating:>3 -state:failed styleWeight<=2.5 style:"night whirl" """);

        Assert.Empty(query.Refused);
        Assert.Equal(
            [
                new SearchTerm(null, Comparison.Equal, "night", false),
                new SearchTerm(null, Comparison.Equal, "two words", false),
                new SearchTerm("size", Comparison.Equal, "512", false),
                new SearchTerm("rating", Comparison.More, "3", false),
                new SearchTerm("state", Comparison.Equal, "failed", true),
                new SearchTerm("styleWeight", Comparison.LessOrEqual, "2.5", false),
                new SearchTerm("style", Comparison.Equal, "night whirl", false),
            ],
            query.Terms);
    }

    [Theory]
    [InlineData("colour:red")]
    [InlineData("size:large")]
    [InlineData("optimizer:>adam")]
    [InlineData("created:yesterday")]
    [InlineData("favourite:perhaps")]
    public void Parse_Nonsense_IsRefusedAndTheRestHolds(string nonsense)
    {
        SessionQuery query = SessionQuery.Parse($"night {nonsense} seed:7");

        Assert.Equal([nonsense], query.Refused);
        Assert.Equal(2, query.Terms.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("   ")]
    [InlineData("rating:")]
    [InlineData("rating:>")]
    [InlineData("-")]
    public void Parse_WhatIsStillBeingTyped_FindsAll(string? typed)
    {
        SessionQuery query = SessionQuery.Parse(typed);

        Assert.Empty(query.Terms);
        Assert.Empty(query.Refused);
    }

    [Fact]
    public void Names_HoldEveryRecipeParameter() =>
        Assert.Superset(RecipeParameter.All.Select(parameter => parameter.Name).ToHashSet(), SessionQuery.Names.ToHashSet());
}
