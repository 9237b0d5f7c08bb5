using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>The registry's own catalog in the store. Watched services are not stored, because a new process watches none.</summary>
internal sealed record StoredCatalogue(ImmutableArray<StoredService> Services, ImmutableArray<DiscoveredGateway> Gateways)
{
    public ImmutableArray<StoredTarget>? Targets { get; init; }

    public static StoredCatalogue From(ServiceCatalogue catalogue) =>
        new([.. catalogue.Services.Select(service => new StoredService(service.Name, service.Instances ?? []))], catalogue.Gateways)
        {
            Targets = [
                .. catalogue.Targets.Select(
                    target => new StoredTarget(target.Service, target.Subset, target.Datacenter, target.Instances ?? []))],
        };

    public ServiceCatalogue ToCatalogue() =>
        new([.. Services.Select(service => new DiscoveredService(service.Name, service.Instances))], Gateways)
        {
            Targets = [
                .. (Targets ?? []).Select(
                    target => new DiscoveredTarget(target.Service, target.Subset, target.Datacenter, target.Instances))],
        };
}
