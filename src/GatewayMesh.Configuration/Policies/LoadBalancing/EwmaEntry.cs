using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Declared <c>loadBalancing.ewma</c>.</summary>
public sealed record EwmaEntry
{
    /// <summary><c>decay</c>: time in which a measurement decays to 37 % of its weight.</summary>
    public TimeSpan? Decay { get; init; }

    /// <summary><c>defaultRtt</c>: assumed latency of an instance without measurements.</summary>
    public TimeSpan? DefaultRtt { get; init; }

    /// <summary><c>failurePenalty</c>: assumed latency of an attempt without a response.</summary>
    public TimeSpan? FailurePenalty { get; init; }

    internal static EwmaEntry Bind(MappingReader reader) => new()
    {
        Decay = reader.OrNull("decay", ScalarTypes.Duration),
        DefaultRtt = reader.OrNull("defaultRtt", ScalarTypes.Duration),
        FailurePenalty = reader.OrNull("failurePenalty", ScalarTypes.Wait),
    };
}
