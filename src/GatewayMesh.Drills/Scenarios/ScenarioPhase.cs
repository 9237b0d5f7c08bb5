namespace GatewayMesh.Drills.Scenarios;

/// <summary>A phase of a scenario.</summary>
/// <param name="Entries">Name of the phase's entry file under <c>phases/</c>.</param>
/// <param name="Title">Name in the report.</param>
internal sealed record ScenarioPhase(string Entries, string Title)
{
    /// <summary>True if the redis-server of the scenario runs. Default: false.</summary>
    public bool HasStore { get; init; }

    /// <summary>True if the sidecar has read the issuer's keys before the phase starts. Default: false.</summary>
    public bool NeedsKeys { get; init; }

    /// <summary>True if the issuer of the scenario replaces its key at the start of the phase. Default: false.</summary>
    public bool RotatesKeys { get; init; }

    /// <summary>True if the issuer is down and the sidecar is started again at the start of the phase. Default: false.</summary>
    public bool StartsWithoutIssuer { get; init; }
}
