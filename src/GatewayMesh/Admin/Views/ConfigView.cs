using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Nodes;

namespace GatewayMesh.Admin.Views;

/// <summary><c>/config</c>: the snapshot in use and the latest errors.</summary>
internal static class ConfigView
{
    internal static ConfigDocument Of(MeshNode node)
    {
        var snapshot = node.Configuration.Current;
        return new ConfigDocument
        {
            Revision = snapshot.Revision,
            Synced = node.Configuration.Synced,
            Origin = node.Configuration.Origin.ToString().ToLowerInvariant(),
            Errors = [.. node.Configuration.Errors.Select(error => error.ToString())],
            Services = snapshot.Services.Values.ToImmutableSortedDictionary(service => service.Name, Service, StringComparer.Ordinal),
            Flags = FlagView.Config(snapshot),
            Intentions = Intentions(snapshot.Intentions),
            Gateways =
            [
                .. snapshot.Gateways.Select(
                    gateway => $"{gateway.Node} at {gateway.Mesh}, tunnel {gateway.Tunnel}{(gateway.Healthy ? "" : " (unhealthy)")}"),
            ],
            Ingress =
            [
                .. snapshot.Ingress.OrderBy(pair => pair.Key.Port).Select(pair => new ConfiguredIngress
                {
                    Ingress = pair.Key.Ingress,
                    Port = pair.Key.Port,
                    Hosts = pair.Value.Hosts.ToImmutableSortedDictionary(host => host.Key, host => host.Value, StringComparer.Ordinal),
                }),
            ],
        };
    }

    private static ConfiguredService Service(ServiceModel service) => new()
    {
        Protocol = service.Protocol,
        Policy = service.Policy.Text,
        Endpoints =
        [
            .. service.Endpoints.Select(endpoint => $"{endpoint.Id} at {endpoint.Address}{(endpoint.Healthy ? "" : " (unhealthy)")}"),
        ],
    };

    private static ConfiguredIntentions Intentions(IntentionTable intentions) => new()
    {
        Default = IntentionView.DefaultOf(intentions),
        Rules =
        [
            .. intentions.Rules.Select(
                rule => $"{rule}: {rule.Declared.Action?.ToString().ToLowerInvariant() ?? $"{rule.Declared.Permissions.Length} permissions"}"),
        ],
        Notes = [.. intentions.Notes],
    };
}
