using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary><c>retries</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record RetriesEntry
{
    /// <summary><c>maxAttempts</c>: attempts of one request over all layers, 1 to 10.</summary>
    public int? MaxAttempts { get; init; }

    internal static RetriesEntry Bind(MappingReader reader)
    {
        reader.NotYet("budget");
        return new RetriesEntry { MaxAttempts = reader.OrNull("maxAttempts", ScalarTypes.Number(1, 10)) };
    }
}
