using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Idempotency;

/// <summary>Declared <c>idempotency</c> of a service-policy; a null value is inherited.</summary>
public sealed record IdempotencyEntry
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary><c>enabled</c>: true if requests with an <c>Idempotency-Key</c> run once.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>ttl</c>: time for which a key is kept.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary><c>maxKeys</c>: maximum number of keys at one instance.</summary>
    public int? MaxKeys { get; init; }

    /// <summary><c>maxAnswerSize</c>: maximum size of a kept response.</summary>
    public long? MaxAnswerSize { get; init; }

    /// <summary><c>maxBytes</c>: maximum size of all keys and responses at one instance.</summary>
    public long? MaxBytes { get; init; }

    /// <summary><c>wait</c>: longest wait for an earlier request with the same key.</summary>
    public TimeSpan? Wait { get; init; }

    internal static IdempotencyEntry Bind(MappingReader reader)
    {
        var entry = new IdempotencyEntry
        {
            Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
            Ttl = reader.OrNull("ttl", ScalarTypes.Duration),
            MaxKeys = reader.OrNull("maxKeys", ScalarTypes.Number(1, 10_000_000)),
            MaxAnswerSize = reader.OrNull("maxAnswerSize", ScalarTypes.Size),
            MaxBytes = reader.OrNull("maxBytes", ScalarTypes.Size),
            Wait = reader.OrNull("wait", ScalarTypes.Duration),
        };
        if (entry.Ttl < Shortest || entry.Ttl > Longest)
        {
            reader.Fail("ttl", "is not between 1s and 720h", "use a duration such as 24h");
        }

        if (entry.MaxAnswerSize > IdempotencyModel.MaxAnswerSizeLimit)
        {
            reader.Fail("maxAnswerSize", "is above 16MiB", "use 16MiB or less such as 64KiB");
        }

        if (entry.MaxBytes < IdempotencyModel.MinBytes)
        {
            reader.Fail("maxBytes", "is below 1MiB", "use 1MiB or more such as 256MiB");
        }

        if (entry.MaxAnswerSize > entry.MaxBytes)
        {
            reader.Fail("maxAnswerSize", "is above maxBytes", "raise maxBytes or lower maxAnswerSize");
        }

        return entry;
    }
}
