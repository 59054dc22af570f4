namespace StyleTransfer.Core;

/// <summary>
/// The base of every error that is the user's to mend. The message is one line that says what was found, what is
/// allowed and what to do; it is shown as it is, in a terminal, on a page and in problem details.
/// </summary>
public abstract class StyleTransferException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A picture that cannot be read, is too large, or is not a picture.</summary>
public sealed class ImageException(string message, Exception? cause = null) : StyleTransferException(message, cause);

/// <summary>A recipe with a value that makes no sense, or of a version that this program does not know.</summary>
public sealed class RecipeException(string message, Exception? cause = null) : StyleTransferException(message, cause);

/// <summary>An encoder that is missing, damaged or of an unknown shape.</summary>
public sealed class EncoderException(string message, Exception? cause = null) : StyleTransferException(message, cause);

/// <summary>A run that cannot start or cannot go on: memory, divergence, a checkpoint of another recipe.</summary>
public sealed class RunException(string message, Exception? cause = null) : StyleTransferException(message, cause);

/// <summary>A file that the store does not hold, cannot write, or that is not what its name says.</summary>
public sealed class StoreException(string message, Exception? cause = null) : StyleTransferException(message, cause);

/// <summary>A safetensors file that is damaged, truncated or not one.</summary>
public sealed class SafetensorsException(string message, Exception? cause = null) : StyleTransferException(message, cause);
