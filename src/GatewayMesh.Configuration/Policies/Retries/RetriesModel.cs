namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>Whether and how a failed attempt is followed by another.</summary>
public sealed record RetriesModel
{
    /// <summary>The defaults.</summary>
    public static RetriesModel Default { get; } = new();

    /// <summary>Attempts of one request over all layers. Default: 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    internal RetriesModel Under(RetriesEntry entry) => this with { MaxAttempts = entry.MaxAttempts ?? MaxAttempts };
}
