namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>A zone or a node in a hint.</summary>
public sealed record HintedPlace
{
    /// <summary>Name of the zone or node.</summary>
    public string Name { get; init => field = value ?? ""; } = "";
}
