using System.Collections.Immutable;
using System.Globalization;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A Service as routes see it.</summary>
/// <param name="Namespace">Namespace.</param>
/// <param name="Name">Name.</param>
public sealed record MeshService(string Namespace, string Name)
{
    /// <summary>True if the Service has no address of its own (<c>clusterIP: None</c>). Default: false.</summary>
    public bool IsHeadless { get; init; }

    /// <summary>True if the Service is a name of a host outside (<c>type: ExternalName</c>). Default: false.</summary>
    public bool IsExternalName { get; init; }

    /// <summary>Ports, in the order of the Service. Default: none.</summary>
    public ImmutableArray<MeshServicePort> Ports { get; init; } = [];

    /// <summary>Port of a request that names none: port 80, or else the first port; null without a TCP port.</summary>
    public MeshServicePort? DefaultPort => Find(80) ?? Ports.FirstOrDefault(port => port.IsTcp);

    /// <summary>Returns the TCP port of this number; null if there is none.</summary>
    public MeshServicePort? Find(int number) => Ports.FirstOrDefault(port => port.IsTcp && port.Number == number);

    /// <summary>
    /// Returns the name of a port's service in the mesh: <c>NAME.NAMESPACE</c>, with <c>:PORT</c> unless the port is the default.
    /// </summary>
    public string NameOf(MeshServicePort port)
    {
        ArgumentNullException.ThrowIfNull(port);
        return port.Number == DefaultPort?.Number
            ? $"{Name}.{Namespace}"
            : string.Create(CultureInfo.InvariantCulture, $"{Name}.{Namespace}:{port.Number}");
    }
}
