using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Declared <c>loadBalancing.ring</c>.</summary>
public sealed record RingEntry
{
    /// <summary><c>minSize</c>: minimum number of ring entries.</summary>
    public int? MinSize { get; init; }

    /// <summary><c>maxSize</c>: maximum number of ring entries.</summary>
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
            reader.Fail(
                entry.MaxSize is null ? "minSize" : "maxSize", "is below minSize", "raise maxSize or lower minSize (1024 by default)");
        }

        return entry;
    }
}
