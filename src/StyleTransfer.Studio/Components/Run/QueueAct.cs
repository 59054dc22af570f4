namespace StyleTransfer.Studio.Components.Run;

/// <summary>What one may ask of a session in the queue.</summary>
public enum QueueAct { RunNow, RunNext, Pause, Resume, Cancel, Retry, Delete }
