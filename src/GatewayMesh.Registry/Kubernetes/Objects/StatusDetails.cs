namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>Further facts about an error.</summary>
public sealed record StatusDetails
{
    /// <summary>Name of the object. Default: empty.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>API group. Default: empty.</summary>
    public string Group { get; init => field = value ?? ""; } = "";

    /// <summary>Resource or kind. Default: empty.</summary>
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>All causes of the error. Default: none.</summary>
    public IReadOnlyList<StatusCause> Causes { get; init => field = value ?? []; } = [];

    /// <summary>Seconds to wait before the next try. Default: null, not said.</summary>
    public int? RetryAfterSeconds { get; init; }
}
