using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>The registry's own catalog in the store. Watched services are not stored, because a new process watches none.</summary>
internal sealed record StoredCatalog(ImmutableArray<StoredService> Services, ImmutableArray<DiscoveredGateway> Gateways)
{
    public ImmutableArray<StoredTarget>? Targets { get; init; }

    public string? Namespace { get; init; }

    public static StoredCatalog From(ServiceCatalog catalog) =>
        new(
            [
                .. catalog.Services.Select(
                    service => new StoredService(service.Name, service.Instances ?? []) { Frontend = service.Frontend })],
            catalog.Gateways)
        {
            Namespace = catalog.Namespace,
            Targets = [
                .. catalog.Targets.Select(
                    target => new StoredTarget(target.Service, target.Subset, target.Datacenter, target.Instances ?? []))],
        };

    public ServiceCatalog ToCatalog() =>
        new(
            [.. Services.Select(service => new DiscoveredService(service.Name, service.Instances) { Frontend = service.Frontend })],
            Gateways)
        {
            Namespace = Namespace,
            Targets = [
                .. (Targets ?? []).Select(
                    target => new DiscoveredTarget(target.Service, target.Subset, target.Datacenter, target.Instances))],
        };
}
