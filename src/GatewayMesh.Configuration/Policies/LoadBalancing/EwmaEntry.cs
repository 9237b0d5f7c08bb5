using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary><c>loadBalancing.ewma</c>, as declared.</summary>
public sealed record EwmaEntry
{
    /// <summary><c>decay</c>: the time in which what was measured loses all but 37 % of its weight.</summary>
    public TimeSpan? Decay { get; init; }

    /// <summary><c>defaultRtt</c>: what an instance counts as that nothing was measured of.</summary>
    public TimeSpan? DefaultRtt { get; init; }

    /// <summary><c>failurePenalty</c>: what an attempt counts as that brought no answer.</summary>
    public TimeSpan? FailurePenalty { get; init; }

    internal static EwmaEntry Bind(MappingReader reader) => new()
    {
        Decay = reader.OrNull("decay", ScalarTypes.Duration),
        DefaultRtt = reader.OrNull("defaultRtt", ScalarTypes.Duration),
        FailurePenalty = reader.OrNull("failurePenalty", ScalarTypes.Wait),
    };
}
