using MudBlazor;
using StyleTransfer.Studio.Components.Sharing;

namespace StyleTransfer.Studio.Sharing;

/// <summary>Who deletes sessions that a live link shows is told so first, and by which links.</summary>
public sealed class SharedDeletion(Shares shares, IDialogService dialogs)
{
    /// <returns>True where no link shows them, or the owner goes on all the same.</returns>
    public async Task<bool> ConfirmAsync(IReadOnlyCollection<Guid> sessions, CancellationToken cancellationToken) =>
        await ConfirmAsync(await shares.ShowingAsync(sessions, cancellationToken));

    /// <inheritdoc cref="ConfirmAsync(IReadOnlyCollection{Guid}, CancellationToken)"/>
    public async Task<bool> ConfirmExperimentAsync(Guid experiment, CancellationToken cancellationToken) =>
        await ConfirmAsync(await shares.ShowingExperimentAsync(experiment, cancellationToken));

    private async Task<bool> ConfirmAsync(IReadOnlyList<string> links)
    {
        if (links.Count == 0)
        {
            return true;
        }

        IDialogReference dialog = await dialogs.ShowAsync<SharedDeletionDialog>(
            null,
            new DialogParameters<SharedDeletionDialog> { { question => question.Links, links } },
            new DialogOptions { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true });
        return await dialog.Result is { Canceled: false };
    }
}
