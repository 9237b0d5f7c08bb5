namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Change of a path.</summary>
public sealed record PathModifier
{
    /// <summary><c>ReplaceFullPath</c> or <c>ReplacePrefixMatch</c>.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Replacement for the whole path; null for another type.</summary>
    public string? ReplaceFullPath { get; init; }

    /// <summary>Replacement for the matched prefix; null for another type.</summary>
    public string? ReplacePrefixMatch { get; init; }
}
