using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>The part of a Service that is kept.</summary>
/// <param name="Key">Namespace and name.</param>
/// <param name="Ports">TCP ports, in the order of the Service.</param>
internal sealed record KnownService(ObjectKey Key, ImmutableArray<KnownPort> Ports)
{
    /// <summary>Virtual addresses; empty for a headless Service and for an alias.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>DNS name for which an alias (<c>ExternalName</c>) stands; null for other Services. Default: null.</summary>
    public string? Alias { get; init; }

    /// <summary>
    /// The port that callers mean who name none: 80 if the Service has it, otherwise its first port; null for a Service without ports.
    /// </summary>
    public KnownPort? Default => Ports.FirstOrDefault(port => port.Number == 80) ?? Ports.FirstOrDefault();

    /// <summary>Reads a Service. An alias without ports stands for a web server: port 80.</summary>
    public static KnownService Of(Service service, NamePool names)
    {
        var spec = service.Spec;
        var name = spec.ExternalName.TrimEnd('.');
        var alias = spec.Type == ServiceSpec.External && Names.IsHost(name) ? name : null;
        ImmutableArray<KnownPort> ports =
        [
            .. spec.Ports.Where(port => KnownPort.IsTcp(port.Protocol) && KnownPort.IsPort(port.Port)).Select(
                port => new KnownPort(names.Of(port.Name), port.Port, names.Of(port.AppProtocol))),
        ];
        var addresses = spec.ClusterIPs.Count > 0 ? spec.ClusterIPs : [spec.ClusterIP];
        return new KnownService(service.Metadata.Key, alias is not null && ports.IsEmpty ? [new KnownPort("", 80, "")] : ports)
        {
            Addresses = alias is null ? [.. addresses.Where(address => address.Length > 0 && address != ServiceSpec.Headless)] : [],
            Alias = alias,
        };
    }
}
