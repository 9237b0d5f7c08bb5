namespace GatewayMesh.Drills.Scenarios;

/// <summary>The outcome of one request of a scenario's load.</summary>
/// <param name="Status">HTTP status; 0 without an answer in time.</param>
/// <param name="Latency">Time from the request's due time to its answer.</param>
/// <param name="Application">Name of the application that answered; null without an answer from one.</param>
internal readonly record struct ScenarioAnswer(int Status, TimeSpan Latency, string? Application)
{
    /// <summary>Number of the user in whose name the request was sent; null for none.</summary>
    public int? User { get; init; }
}
