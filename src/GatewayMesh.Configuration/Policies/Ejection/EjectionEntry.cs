using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary><c>ejection</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record EjectionEntry
{
    /// <summary><c>consecutiveFailures</c>: failures in a row after which an instance is ejected.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary><c>time</c>: how long it is ejected.</summary>
    public TimeSpan? Time { get; init; }

    internal static EjectionEntry Bind(MappingReader reader) => new()
    {
        ConsecutiveFailures = reader.OrNull("consecutiveFailures", ScalarTypes.Number(1, 1000)),
        Time = reader.OrNull("time", ScalarTypes.Duration),
    };
}
