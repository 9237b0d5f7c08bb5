namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A port of a Service as routes see it.</summary>
/// <param name="Number">Number.</param>
/// <param name="Name">Name; empty if the Service has one port without a name.</param>
public sealed record MeshServicePort(int Number, string Name = "")
{
    /// <summary>True for TCP. Routes and the mesh know no other protocol. Default: true.</summary>
    public bool IsTcp { get; init; } = true;

    /// <summary>Protocol of the applications as declared (<c>appProtocol</c>). Default: empty, not declared.</summary>
    public string AppProtocol { get; init; } = "";
}
