using System.Globalization;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>A column of a scenario's report.</summary>
/// <param name="Header">The header, and the member in JSON.</param>
/// <param name="Of">Returns the cell.</param>
internal sealed record ScenarioColumn(string Header, Func<PhaseFigures, string> Of)
{
    /// <summary>Number of requests.</summary>
    public static ScenarioColumn Sent { get; } = new("sent", figures => Number(figures.Sent, "0"));

    /// <summary>Number and share of the requests without a good answer.</summary>
    public static ScenarioColumn Failed { get; } = new(
        "failed", figures => $"{figures.Failed} ({Number(100.0 * figures.Failed / figures.Sent, "0.0")} %)");

    /// <summary>Number of POSTs that were executed more than once.</summary>
    public static ScenarioColumn Twice { get; } = new("executed twice", figures => Number(figures.Twice, "0"));

    /// <summary>Number of answers with status 429.</summary>
    public static ScenarioColumn Refused { get; } = new("refused (429)", figures => Number(figures.Refused, "0"));

    /// <summary>Number of answers with status 401.</summary>
    public static ScenarioColumn Unauthorized { get; } = new("refused (401)", figures => Number(figures.Unauthorized, "0"));

    /// <summary>Number of good answers.</summary>
    public static ScenarioColumn Good { get; } = new("good", figures => Number(figures.Good, "0"));

    /// <summary>Requests at the applications for each request of the load.</summary>
    public static ScenarioColumn Load { get; } = new("load of the instances", figures => $"{Number(figures.Load, "0.00")} ×");

    /// <summary>A quantile (0 to 1) of the latency of good answers.</summary>
    public static ScenarioColumn Latency(double quantile, string header) =>
        new(header, figures => $"{Number(figures.Latency(quantile), "0")} ms");

    /// <summary>Share of the good answers from one application.</summary>
    public static ScenarioColumn Share(string application) =>
        new(application, figures => $"{Number(100 * figures.ShareOf(application), "0.0")} %");

    /// <summary>Number of users who got answers from one application.</summary>
    public static ScenarioColumn UsersOf(string application) =>
        new($"users of {application}", figures => Number(figures.UsersOf(application), "0"));

    /// <summary>Number of users who got answers from several applications within the phase.</summary>
    public static ScenarioColumn UsersOfSeveral { get; } = new("users of both", figures => Number(figures.UsersOfSeveral, "0"));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
