using StyleTransfer.Core;

namespace StyleTransfer.Studio.Sharing;

/// <summary>A link, an export or a time-lapse that cannot be made as asked.</summary>
public sealed class ShareException(string message, Exception? cause = null) : StyleTransferException(message, cause);
