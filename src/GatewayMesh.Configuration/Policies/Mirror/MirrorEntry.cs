using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Mirror;

/// <summary>Declared <c>mirror</c> of a service-policy; a null value is inherited.</summary>
public sealed record MirrorEntry
{
    private static readonly ScalarType<string> Suffix = ScalarTypes.Text.Where(
        text => text.Length <= 63 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') && char.IsAsciiLetterOrDigit(text[^1]),
        "is not the end of a host name",
        "use a suffix of letters, digits, '-' and '.', such as -shadow");

    private static readonly ScalarType<long> Body = ScalarTypes.Size.Where(
        bytes => bytes <= 16L << 20, "is above 16MiB", "use 16MiB or less, such as 64KiB");

    /// <summary><c>service</c>: service that gets the copies.</summary>
    public string? Service { get; init; }

    /// <summary><c>subset</c>: subset of the service.</summary>
    public string? Subset { get; init; }

    /// <summary><c>share</c>: share of the requests that are copied, 0 to 1.</summary>
    public double? Share { get; init; }

    /// <summary><c>maxBodySize</c>: largest body of a copied request, in bytes.</summary>
    public long? MaxBodySize { get; init; }

    /// <summary><c>maxConcurrent</c>: copies in flight at the same time.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary><c>hostSuffix</c>: text behind the host of a copy.</summary>
    public string? HostSuffix { get; init; }

    /// <summary>Location of the subset, or of the section; not stored.</summary>
    [JsonIgnore]
    public SourceLocation SubsetAt { get; init; }

    internal static MirrorEntry Bind(MappingReader reader, string policy)
    {
        var entry = new MirrorEntry
        {
            Service = reader.Has("service") ? reader.Optional<string?>("service", ScalarTypes.Service!, null) : null,
            Subset = reader.Has("subset") ? reader.Optional<string?>("subset", ScalarTypes.Name!, null) : null,
            Share = reader.OrNull("share", ScalarTypes.Percent),
            MaxBodySize = reader.OrNull("maxBodySize", Body),
            MaxConcurrent = reader.OrNull("maxConcurrent", ScalarTypes.Number(1, 100_000)),
            HostSuffix = reader.Has("hostSuffix") ? reader.Optional<string?>("hostSuffix", Suffix!, null) : null,
            SubsetAt = reader.LocationOf("subset"),
        };
        if (entry.Subset is not null && !reader.Has("service"))
        {
            reader.Fail("subset", "needs service in the same entry", "add service, such as service: payments-next");
        }

        if (entry is { Service: { } service, Subset: null } && service.Equals(policy, StringComparison.OrdinalIgnoreCase))
        {
            reader.Fail(
                "service", "is the service itself, whose instances would get each request twice", "use another service, or add a subset");
        }

        return entry;
    }
}
