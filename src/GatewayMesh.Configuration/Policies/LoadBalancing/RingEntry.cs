using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary><c>loadBalancing.ring</c>, as declared.</summary>
public sealed record RingEntry
{
    /// <summary><c>minSize</c>: places on the ring at least.</summary>
    public int? MinSize { get; init; }

    /// <summary><c>maxSize</c>: places on the ring at most.</summary>
    public int? MaxSize { get; init; }

    internal static RingEntry Bind(MappingReader reader)
    {
        var entry = new RingEntry
        {
            MinSize = reader.OrNull("minSize", ScalarTypes.Number(1, RingModel.Largest)),
            MaxSize = reader.OrNull("maxSize", ScalarTypes.Number(1, RingModel.Largest)),
        };
        if (entry.MinSize > (entry.MaxSize ?? RingModel.Largest) || entry.MaxSize < (entry.MinSize ?? RingModel.Default.MinSize))
        {
            reader.Fail(entry.MaxSize is null ? "minSize" : "maxSize", "is less than minSize", "make maxSize the larger one (minSize is 1024 by default)");
        }

        return entry;
    }
}
