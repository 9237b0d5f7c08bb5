using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// What a process that began from the disk does with a registry's first answers: a service that has no instance there, and had some on
/// the disk, keeps those for a while. The registry may have begun anew while it was away, and who registered comes back within seconds.
/// (A watch does the same for a process that has seen the registry before.)
/// </summary>
internal sealed class ColdStart(ServiceCatalogue known, TimeProvider time)
{
    /// <summary>From the registry's first answer on: 10 s.</summary>
    public static TimeSpan Hold { get; } = TimeSpan.FromSeconds(10);

    private long? _answeredAt;

    /// <summary>From here on the registry's word is all.</summary>
    public bool IsOver => _answeredAt is { } at && time.GetElapsedTime(at) >= Hold;

    /// <summary>What the registry says, with what is held beside it.</summary>
    public ServiceCatalogue With(ServiceCatalogue said)
    {
        _answeredAt ??= time.GetTimestamp();
        var held = known.Services.Where(service => service.Instances is { IsEmpty: false }).ToDictionary(service => service.Name, StringComparer.Ordinal);
        ImmutableArray<DiscoveredService> services =
        [
            .. said.Services.Select(service => service.Instances is null or { IsEmpty: true } && held.TryGetValue(service.Name, out var before) ? service with { Instances = before.Instances } : service),
            .. held.Values.Where(service => !said.Services.Any(other => other.Name == service.Name)),
        ];
        return said with { Services = services, Gateways = said.Gateways.IsEmpty ? known.Gateways : said.Gateways };
    }
}
