namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>A reference to another object.</summary>
public sealed record ObjectReference
{
    /// <summary>Kind, such as <c>Pod</c>.</summary>
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>Namespace.</summary>
    public string Namespace { get; init => field = value ?? ""; } = "";

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Id, never used again for an object of the same name.</summary>
    public string Uid { get; init => field = value ?? ""; } = "";
}
