namespace GatewayMesh.Bench.Reports;

/// <summary>How the value of GatewayMesh is compared with another one of the same round.</summary>
/// <param name="Unit">Unit of the outcome; empty for a ratio.</param>
/// <param name="Decimals">Decimals of the outcome.</param>
/// <param name="Of">The outcome, from the value of the subject and that of the rival.</param>
internal sealed record Comparison(string Unit, int Decimals, Func<double, double, double> Of)
{
    /// <summary>Subject ÷ rival.</summary>
    public static readonly Comparison Ratio = new("", 2, (subject, rival) => subject / rival);

    /// <summary>What the subject has more than the rival, in percent of the rival.</summary>
    public static readonly Comparison ExtraPercent = new("%", 1, (subject, rival) => ((subject / rival) - 1) * 100);

    /// <summary>What the subject has more than the rival, in megabytes.</summary>
    public static readonly Comparison ExtraMegabytes = new("MB", 1, (subject, rival) => subject - rival);

    /// <summary>What the subject has more than the rival, in percent of the subject.</summary>
    public static readonly Comparison SharePercent = new("%", 1, (subject, rival) => (1 - (rival / subject)) * 100);
}
