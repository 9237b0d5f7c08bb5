using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary><c>retries.backoff</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record BackoffEntry
{
    /// <summary><c>base</c>: longest wait before the first retry.</summary>
    public TimeSpan? Base { get; init; }

    /// <summary><c>max</c>: longest wait before any.</summary>
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
            reader.Fail("base", "is longer than max", "make retries.backoff.max the longer one");
        }

        return entry;
    }
}
