using System.Diagnostics.CodeAnalysis;
using StyleTransfer.Core;
using StyleTransfer.Core.Encoders;
using StyleTransfer.Core.Messages;
using StyleTransfer.Core.Recipes;
using StyleTransfer.Studio.Data;
using StyleTransfer.Studio.Hosting;
using StyleTransfer.Studio.Live;

namespace StyleTransfer.Studio.Sessions;

/// <summary>
/// Small pictures for who is still choosing. They run before the queue; of one asker only the newest wish counts; nothing of them is
/// kept but the newest preview, in memory, as long as it is looked at.
/// </summary>
internal sealed class Drafts(LiveFeeds feeds, EncoderCatalog encoders, StudioStorage storage)
{
    private readonly Lock gate = new();
    private readonly List<(Guid Asker, RunCommand Command)> waiting = [];
    private readonly Dictionary<Guid, Guid> newest = [];
    private readonly HashSet<Guid> running = [];

    /// <summary>Puts a draft in line, in place of what the asker wished before.</summary>
    /// <returns>The draft, and the asker's former one where it is running and had better stop.</returns>
    /// <exception cref="StyleTransferException">A recipe that makes no sense, or an encoder that is not there.</exception>
    public (Guid Draft, Guid? Outdated) Ask(Guid asker, Recipe recipe)
    {
        Recipe draft = DraftRecipe.Of(recipe);
        RecipeValidation.Check(draft);
        EncoderInfo encoder = encoders.Resolve(draft.Encoder.Name, draft.Encoder.Sha256);
        draft = draft with { Encoder = draft.Encoder with { Name = encoder.Name, Sha256 = encoder.Sha256 } };
        Guid id = Guid.CreateVersion7();
        RunCommand command = new(id, RecipeJson.Write(draft), storage.StoreRoot, encoder.IsEmbedded ? null : encoder.Path, null, storage.Checkpoints, IsDraft: true);
        Guid? outdated = Withdraw(asker);
        feeds.Open(id).Begin(SessionState.Queued, [], ScalePlan.TotalIterations(draft));
        lock (gate)
        {
            waiting.Add((asker, command));
            newest[asker] = id;
        }

        return (id, outdated);
    }

    /// <summary>The asker has left or wishes something else.</summary>
    /// <returns>The asker's draft where it is running and had better stop.</returns>
    public Guid? Withdraw(Guid asker)
    {
        lock (gate)
        {
            waiting.RemoveAll(draft => draft.Asker == asker);
            if (!newest.Remove(asker, out Guid former))
            {
                return null;
            }

            feeds.Forget(former);
            return running.Contains(former) ? former : null;
        }
    }

    /// <param name="begin">Told of the draft at once: who withdraws it from now on finds it at its desk, and can have it stopped there.</param>
    public bool TryTake(Action<Guid> begin, [NotNullWhen(true)] out RunCommand? command)
    {
        lock (gate)
        {
            command = waiting.Count > 0 ? waiting[0].Command : null;
            if (command is null)
            {
                return false;
            }

            waiting.RemoveAt(0);
            running.Add(command.Session);
            begin(command.Session);
        }

        Feed(command.Session)?.Enter(SessionState.Running);
        return true;
    }

    public bool IsRunning(Guid id)
    {
        lock (gate)
        {
            return running.Contains(id);
        }
    }

    /// <returns>False where that is no draft.</returns>
    public bool Progress(ProgressBatch batch)
    {
        if (!IsRunning(batch.Session))
        {
            return false;
        }

        Feed(batch.Session)?.Append(batch.Iterations, batch.TotalIterations);
        return true;
    }

    /// <returns>False where that is no draft.</returns>
    public bool Preview(PreviewReport preview)
    {
        if (!IsRunning(preview.Session))
        {
            return false;
        }

        Feed(preview.Session)?.Show(new PreviewVersion(preview.Iteration, preview.Width, preview.Height), preview.Jpeg);
        return true;
    }

    /// <returns>False where that is no draft.</returns>
    public bool End(Guid draft, bool completed, string? error)
    {
        lock (gate)
        {
            if (!running.Remove(draft))
            {
                return false;
            }
        }

        Feed(draft)?.Enter(completed ? SessionState.Completed : error is null ? SessionState.Cancelled : SessionState.Failed, error);
        return true;
    }

    // None when the asker has left meanwhile: a forgotten feed is not opened again.
    private SessionFeed? Feed(Guid draft)
    {
        lock (gate)
        {
            return newest.ContainsValue(draft) ? feeds.Open(draft) : null;
        }
    }
}
