using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Sessions;

namespace StyleTransfer.Studio.Tests.Sessions;

public sealed class SessionFormTests
{
    [Fact]
    public async Task Query_EveryKindOfChange_ComesBack()
    {
        SessionForm form = Filled();
        form.UsePreset("best");
        form.Size = 768;
        form.Strength = 1.5;
        form.Scale = 1.3;
        form.KeepsColors = true;
        form.IsOneEach = true;
        form.Set(RecipeParameter.Named("seed"), "9");
        form.Set(RecipeParameter.Named("contentLayers"), "relu3_1:0.5,relu4_2");

        SessionForm read = SessionForm.New("compact");
        await read.ReadAsync(form.ToQuery(), id => Task.FromResult<ChosenPicture?>(new ChosenPicture(id, "", 4, 3)));

        Assert.Equal(form.Recipes().Select(RecipeJson.Write), read.Recipes().Select(RecipeJson.Write));
        Assert.Equal(form.ToQuery(), read.ToQuery());
    }

    [Fact]
    public void Query_NothingChanged_NamesThePicturesOnly() => Assert.Equal(["content", "style"], Filled().ToQuery().Keys.Order());

    [Fact]
    public async Task Query_ValuesOfNobody_ArePassedOver()
    {
        SessionForm read = SessionForm.New("compact");

        await read.ReadAsync(
            new Dictionary<string, string> { ["preset"] = "no such", ["size"] = "large", ["content"] = "gone", ["scale"] = "-1", ["weights"] = "x" },
            _ => Task.FromResult<ChosenPicture?>(null));

        Assert.Equal(SessionForm.New("compact").ToQuery(), read.ToQuery());
        Assert.False(read.IsReady);
    }

    [Fact]
    public void Recipes_OneContentManyStyles_MakesASessionEach()
    {
        SessionForm form = Filled();
        form.Styles.Add((new ChosenPicture("t", "", 1, 1), 2));

        Assert.Equal(2, Assert.Single(form.Recipes()).Styles.Length);
        form.IsOneEach = true;
        Assert.Equal(["s", "t"], form.Recipes().Select(recipe => Assert.Single(recipe.Styles).Image));
        Assert.Equal(2, form.Count);
    }

    private static SessionForm Filled()
    {
        SessionForm form = SessionForm.New("compact");
        form.Contents.Add(new ChosenPicture("c", "Content", 4, 3));
        form.Styles.Add((new ChosenPicture("s", "Style", 1, 1), 1));
        return form;
    }
}
