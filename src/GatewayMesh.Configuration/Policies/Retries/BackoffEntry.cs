using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>Declared <c>retries.backoff</c> of a service-policy; a null value is inherited.</summary>
public sealed record BackoffEntry
{
    /// <summary><c>base</c>: maximum wait before the first retry.</summary>
    public TimeSpan? Base { get; init; }

    /// <summary><c>max</c>: maximum wait before any retry.</summary>
    public TimeSpan? Max { get; init; }

    internal static BackoffEntry Bind(MappingReader reader)
    {
        var entry = new BackoffEntry
        {
            Base = reader.OrNull("base", ScalarTypes.Wait),
            Max = reader.OrNull("max", ScalarTypes.Wait),
        };
        if (entry.Base > entry.Max)
        {
            reader.Fail("base", "is longer than max", "raise retries.backoff.max or lower base");
        }

        return entry;
    }
}
