using Microsoft.AspNetCore.Http.HttpResults;
using StyleTransfer.Core;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Comparing;
using StyleTransfer.Studio.Data;

namespace StyleTransfer.Studio.Api;

/// <summary>What somebody preferred, of two that were shown without names.</summary>
public sealed record NewVote(Guid Left, Guid Right, VoteOutcome Outcome);

internal static class ComparisonsApi
{
    public static void MapComparisons(this IEndpointRouteBuilder api)
    {
        api.MapGet("/comparison", async (string? s, Comparisons comparisons, CancellationToken cancellationToken) =>
            TypedResults.Ok(await comparisons.OfAsync(Chosen(s), cancellationToken)))
            .WithTags("Comparison").WithSummary("Two to nine sessions with their frames, traces and parameters; `s` is a list of ids.");
        RouteGroupBuilder votes = api.MapGroup("/votes").WithTags("Comparison");
        votes.MapGet("/next", async Task<Results<Ok<BlindPair>, ProblemHttpResult>> (string? s, BlindVotes blind, CancellationToken cancellationToken) =>
            await blind.NextAsync(Chosen(s), cancellationToken) is { } pair
                ? TypedResults.Ok(pair)
                : TypedResults.Problem("A vote needs two sessions with a picture; choose others, or wait for the first frames.", statusCode: StatusCodes.Status409Conflict))
            .WithSummary("The pair of sessions that was voted on least, in an order by chance.");
        votes.MapPost("/", async (NewVote vote, BlindVotes blind, CancellationToken cancellationToken) =>
        {
            await blind.CastAsync(vote.Left, vote.Right, vote.Outcome, cancellationToken);
            return TypedResults.NoContent();
        }).WithSummary("Stores a blind vote.");
        votes.MapGet("/ranking", async (string? s, BlindVotes blind, CancellationToken cancellationToken) =>
            TypedResults.Ok(await blind.RankAsync(Chosen(s), cancellationToken))).WithSummary("The sessions by their votes (Bradley–Terry), with 90 % intervals.");
    }

    private static IReadOnlyList<Guid> Chosen(string? s) => SessionChoice.Read(s) is { Count: > 0 and <= Comparison.MostSessions } ids
        ? ids
        : throw new RecipeException($"`s` names {SessionChoice.Read(s).Count} sessions; give 2 to {Comparison.MostSessions} ids with commas between.");
}
