namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Specification of a <see cref="ReferenceGrant"/>.</summary>
public sealed record ReferenceGrantSpec
{
    /// <summary>Kinds of objects that may refer. Default: none.</summary>
    public IReadOnlyList<GrantedSource> From { get; init => field = value ?? []; } = [];

    /// <summary>Objects that may be referred to. Default: none.</summary>
    public IReadOnlyList<GrantedTarget> To { get; init => field = value ?? []; } = [];
}
