namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Changes to header fields.</summary>
public sealed record HeaderModifier
{
    /// <summary>Fields that replace all of the same name. Default: none.</summary>
    public IReadOnlyList<HeaderValue> Set { get; init => field = value ?? []; } = [];

    /// <summary>Fields added to those of the same name. Default: none.</summary>
    public IReadOnlyList<HeaderValue> Add { get; init => field = value ?? []; } = [];

    /// <summary>Names of removed fields. Default: none.</summary>
    public IReadOnlyList<string> Remove { get; init => field = value ?? []; } = [];
}
