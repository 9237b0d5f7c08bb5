using System.Collections.Immutable;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>An experiment on a sidecar: applications, a load, and phases with different entries.</summary>
/// <param name="Name">Its folder under <c>topology</c>.</param>
/// <param name="Question">The question that the report answers.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Applications">The applications: name, port relative to the base, behavior.</param>
/// <param name="Phases">The phases, in order.</param>
/// <param name="Columns">The columns of the report.</param>
internal sealed record Scenario(
    string Name,
    string Question,
    int Rate,
    ImmutableArray<(string Name, int Port, ApplicationBehavior Behavior)> Applications,
    ImmutableArray<ScenarioPhase> Phases,
    ImmutableArray<ScenarioColumn> Columns)
{
    /// <summary>
    /// True if the load is POSTs with an <c>Idempotency-Key</c>, which a caller repeats until they are answered, while its sidecar is
    /// killed 0.7 seconds after each start; the callee has a sidecar of its own (<c>host-b.yaml</c>). Default: false, GETs without repeats
    /// and without kills.
    /// </summary>
    public bool RepeatsPosts { get; init; }

    /// <summary>
    /// Number of users in whose names the requests are sent, in turn (<c>x-user</c>); every tenth is in the group <c>beta</c>
    /// (<c>x-groups</c>). Default: 0, no users.
    /// </summary>
    public int Users { get; init; }

    /// <summary>Names of further sidecars, each with a bootstrap file of its name. Default: none.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Port of an issuer of tokens, relative to the base; null: none, and the load has no tokens. Default: null.</summary>
    public int? IssuerPort { get; init; }

    /// <summary>Port of the redis-server of some phases, relative to the base; null: none. Default: null.</summary>
    public int? StorePort { get; init; }
}
