namespace GatewayMesh.Drills.Scenarios;

/// <summary>A phase of a scenario.</summary>
/// <param name="Entries">Name of the phase's entry file under <c>phases/</c>.</param>
/// <param name="Title">Name in the report.</param>
internal sealed record ScenarioPhase(string Entries, string Title)
{
    /// <summary>True if the redis-server of the scenario runs. Default: false.</summary>
    public bool HasStore { get; init; }
}
