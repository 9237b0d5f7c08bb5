using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// Completes a registry's first answers for a process that started from the disk: a service without instances in the registry keeps its
/// stored instances for a while. The registry may have restarted meanwhile, and nodes register again within seconds. (A watch does the
/// same for a process that has seen the registry before.)
/// </summary>
internal sealed class ColdStart(ServiceCatalog known, TimeProvider time)
{
    /// <summary>Time for which stored instances are kept, from the registry's first answer: 10 s.</summary>
    public static TimeSpan Hold { get; } = TimeSpan.FromSeconds(10);

    private long? _answeredAt;

    /// <summary>True once only the registry's answers count.</summary>
    public bool IsOver => _answeredAt is { } at && time.GetElapsedTime(at) >= Hold;

    /// <summary>The registry's catalog, completed with the kept instances.</summary>
    public ServiceCatalog With(ServiceCatalog reported)
    {
        _answeredAt ??= time.GetTimestamp();
        var held = known.Services.Where(
            service => service.Instances is { IsEmpty: false }).ToDictionary(service => service.Name, StringComparer.Ordinal);
        ImmutableArray<DiscoveredService> services =
        [
            .. reported.Services.Select(service => service.Instances is null or { IsEmpty: true }
                && held.TryGetValue(service.Name, out var before) ? service with { Instances = before.Instances } : service),
            .. held.Values.Where(service => !reported.Services.Any(other => other.Name == service.Name)),
        ];
        return reported with { Services = services, Gateways = reported.Gateways.IsEmpty ? known.Gateways : reported.Gateways };
    }
}
