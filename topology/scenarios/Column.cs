using System.Globalization;

namespace GatewayMesh.Scenarios;

/// <summary>A column of the table.</summary>
/// <param name="Header">The header.</param>
/// <param name="Of">Returns the cell.</param>
internal sealed record Column(string Header, Func<Figures, string> Of)
{
    public static Column Sent { get; } = new("sent", figures => Number(figures.Sent, "0"));

    public static Column Failed { get; } = new(
        "failed", figures => $"{figures.Failed} ({Number(100.0 * figures.Failed / figures.Sent, "0.0")} %)");

    public static Column Good { get; } = new("good", figures => Number(figures.Good, "0"));

    public static Column Load { get; } = new("load of the instances", figures => $"{Number(figures.Load, "0.00")} ×");

    public static Column Latency(double quantile, string header) => new(header, figures => $"{Number(figures.Latency(quantile), "0")} ms");

    public static Column Share(string instance) => new(instance, figures => $"{Number(100 * figures.ShareOf(instance), "0.0")} %");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
