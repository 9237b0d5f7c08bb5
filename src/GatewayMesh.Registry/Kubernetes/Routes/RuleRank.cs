using System.Collections.Immutable;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>
/// Precedence of a match among all matches of a service's routes. HTTP: exact path, then expression, then prefix; the longer; with a
/// method; with more header fields; with more query parameters. gRPC: the longer service, the longer method, more header fields. Then the
/// older route, its namespace and name, and the place in the route.
/// </summary>
/// <param name="Criteria">Criteria of the match, the most important first; more is earlier.</param>
internal sealed record RuleRank(ImmutableArray<int> Criteria) : IComparable<RuleRank>
{
    /// <summary>Creation of the route. Default: the end of time, unknown.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.MaxValue;

    /// <summary><c>NAMESPACE/NAME</c> of the route.</summary>
    public string Route { get; init; } = "";

    /// <summary>Index of the rule in the route.</summary>
    public int Rule { get; init; }

    /// <summary>Index of the match in the rule.</summary>
    public int Match { get; init; }

    /// <inheritdoc/>
    public int CompareTo(RuleRank? other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < Criteria.Length; i++)
        {
            if (Criteria[i] != other.Criteria[i])
            {
                return other.Criteria[i].CompareTo(Criteria[i]);
            }
        }

        return Created != other.Created ? Created.CompareTo(other.Created)
            : Route != other.Route ? string.CompareOrdinal(Route, other.Route)
            : Rule != other.Rule ? Rule.CompareTo(other.Rule)
            : Match.CompareTo(other.Match);
    }
}
