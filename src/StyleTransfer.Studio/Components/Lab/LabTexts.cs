namespace StyleTransfer.Studio.Components.Lab;

/// <summary>The paper lab's texts: <c>LabTexts.resx</c> in English, <c>LabTexts.ko.resx</c> in Korean.</summary>
public sealed class LabTexts;
