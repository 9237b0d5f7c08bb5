namespace GatewayMesh.Bench.Reports;

/// <summary>Comparison of the value of GatewayMesh with another one of the same round.</summary>
/// <param name="Unit">Unit of the outcome; empty for a ratio.</param>
/// <param name="Decimals">Decimals of the outcome.</param>
/// <param name="Of">The outcome, from the value of the subject and that of the rival.</param>
internal sealed record Comparison(string Unit, int Decimals, Func<double, double, double> Of)
{
    /// <summary>Subject ÷ rival.</summary>
    public static readonly Comparison Ratio = new("", 2, (subject, rival) => subject / rival);

    /// <summary>Difference of the subject to the rival, in percent of the rival.</summary>
    public static readonly Comparison ExtraPercent = new("%", 1, (subject, rival) => ((subject / rival) - 1) * 100);

    /// <summary>Difference of the subject to the rival, in megabytes.</summary>
    public static readonly Comparison ExtraMegabytes = new("MB", 1, (subject, rival) => subject - rival);

    /// <summary>Difference of the subject to the rival, in percent of the subject.</summary>
    public static readonly Comparison SharePercent = new("%", 1, (subject, rival) => (1 - (rival / subject)) * 100);
}
