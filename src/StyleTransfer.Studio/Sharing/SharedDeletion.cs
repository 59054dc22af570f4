using Microsoft.Extensions.Localization;
using MudBlazor;

namespace StyleTransfer.Studio.Sharing;

/// <summary>Who deletes sessions that a live link shows is told so first.</summary>
public sealed class SharedDeletion(Shares shares, IDialogService dialogs, IStringLocalizer<SharedDeletion> texts)
{
    /// <returns>True where no link shows them, or the owner goes on all the same.</returns>
    public async Task<bool> ConfirmAsync(IReadOnlyCollection<Guid> sessions, CancellationToken cancellationToken)
    {
        int links = await shares.CountLiveAsync(sessions, cancellationToken);
        return links == 0
            || await dialogs.ShowMessageBoxAsync(texts["Title"], texts["Text", links], yesText: texts["Delete"], cancelText: texts["Keep"]) == true;
    }
}
