namespace StyleTransfer.Studio.Lab;

/// <summary>The paper's equations as MathML, which browsers draw themselves.</summary>
internal static class LabFormulas
{
    /// <summary>The formula of a section; null where words are enough.</summary>
    public static string? Of(string section) => All.GetValueOrDefault(section);

    private static readonly Dictionary<string, string> All = new()
    {
        // Equation 1.
        ["reconstruction"] = Math(
            Sub("<mi mathvariant=\"script\">L</mi>", "content") + "<mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>"
            + Sum("i,j") + $"<msup><mrow><mo>(</mo>{Entry("F")}<mo>−</mo>{Entry("P")}<mo>)</mo></mrow><mn>2</mn></msup>"),
        // Equation 2.
        ["contentgradient"] = Math(
            Derivative(Sub("<mi mathvariant=\"script\">L</mi>", "content"), "F") + "<mo>=</mo>"
            + Cases($"<msub><mrow><mo>(</mo><msup><mi>F</mi><mi>l</mi></msup><mo>−</mo><msup><mi>P</mi><mi>l</mi></msup><mo>)</mo></mrow><mrow><mi>i</mi><mi>j</mi></mrow></msub>")),
        // Equation 3.
        ["gram"] = Math(Entry("G") + "<mo>=</mo>" + Sum("k") + Entry("F", "i", "k") + Entry("F", "j", "k")),
        // Equations 4 and 5.
        ["norm"] = Math(
            "<msub><mi>E</mi><mi>l</mi></msub><mo>=</mo><mfrac><mn>1</mn><mrow><mn>4</mn><msubsup><mi>N</mi><mi>l</mi><mn>2</mn></msubsup><msubsup><mi>M</mi><mi>l</mi><mn>2</mn></msubsup></mrow></mfrac>"
            + Sum("i,j") + $"<msup><mrow><mo>(</mo>{Entry("G")}<mo>−</mo>{Entry("A")}<mo>)</mo></mrow><mn>2</mn></msup>"
            + "<mo>,</mo><mspace width=\"1em\"></mspace>" + Sub("<mi mathvariant=\"script\">L</mi>", "style") + "<mo>=</mo>" + Sum("l") + "<msub><mi>w</mi><mi>l</mi></msub><msub><mi>E</mi><mi>l</mi></msub>"),
        // Equation 6.
        ["gradient"] = Math(
            Derivative("<msub><mi>E</mi><mi>l</mi></msub>", "F") + "<mo>=</mo>"
            + Cases("<mfrac><mn>1</mn><mrow><msubsup><mi>N</mi><mi>l</mi><mn>2</mn></msubsup><msubsup><mi>M</mi><mi>l</mi><mn>2</mn></msubsup></mrow></mfrac>"
                + "<msub><mrow><mo>(</mo><msup><mrow><mo>(</mo><msup><mi>F</mi><mi>l</mi></msup><mo>)</mo></mrow><mi>T</mi></msup><mo>(</mo><msup><mi>G</mi><mi>l</mi></msup><mo>−</mo><msup><mi>A</mi><mi>l</mi></msup><mo>)</mo><mo>)</mo></mrow><mrow><mi>j</mi><mi>i</mi></mrow></msub>")),
        // Equation 7.
        ["ratio"] = Math(
            Sub("<mi mathvariant=\"script\">L</mi>", "total") + "<mo>=</mo><mi>α</mi>" + Sub("<mi mathvariant=\"script\">L</mi>", "content") + "<mo>+</mo><mi>β</mi>" + Sub("<mi mathvariant=\"script\">L</mi>", "style")),
        ["lbfgs"] = Math(
            "<msub><mi>x</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo>=</mo><msub><mi>x</mi><mi>t</mi></msub><mo>−</mo><mi>η</mi><msub><mi>H</mi><mi>t</mi></msub><mo>∇</mo><mi mathvariant=\"script\">L</mi><mo>(</mo><msub><mi>x</mi><mi>t</mi></msub><mo>)</mo>"
            + "<mo>,</mo><mspace width=\"1em\"></mspace><msub><mi>H</mi><mi>t</mi></msub><mo>≈</mo><msup><mrow><mo>(</mo><msup><mo>∇</mo><mn>2</mn></msup><mi mathvariant=\"script\">L</mi><mo>)</mo></mrow><mrow><mo>−</mo><mn>1</mn></mrow></msup>"),
        // Luan et al. 2017, equation 3.
        ["matting"] = Math(
            Sub("<mi mathvariant=\"script\">L</mi>", "matting") + "<mo>=</mo>" + Sum("c") + "<msubsup><mi>v</mi><mi>c</mi><mi>T</mi></msubsup><msub><mi>M</mi><mi>p</mi></msub><msub><mi>v</mi><mi>c</mi></msub>"),
    };

    private static string Math(string inside) => $"<math display=\"block\"><mrow>{inside}</mrow></math>";

    private static string Sub(string of, string word) => $"<msub>{of}<mtext>{word}</mtext></msub>";

    private static string Sum(string over) => $"<munder><mo>∑</mo><mrow>{string.Join("<mo>,</mo>", over.Split(',').Select(index => $"<mi>{index}</mi>"))}</mrow></munder>";

    private static string Entry(string matrix, string row = "i", string column = "j") => $"<msubsup><mi>{matrix}</mi><mrow><mi>{row}</mi><mi>{column}</mi></mrow><mi>l</mi></msubsup>";

    private static string Derivative(string of, string by) => $"<mfrac><mrow><mo>∂</mo>{of}</mrow><mrow><mo>∂</mo>{Entry(by)}</mrow></mfrac>";

    // After the ReLU a feature of 0 stays 0 however the one before it moves a little.
    private static string Cases(string where) =>
        $"<mrow><mo>{{</mo><mtable columnalign=\"left\"><mtr><mtd>{where}</mtd><mtd>{Entry("F")}<mo>&gt;</mo><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd>{Entry("F")}<mo>&lt;</mo><mn>0</mn></mtd></mtr></mtable></mrow>";
}
