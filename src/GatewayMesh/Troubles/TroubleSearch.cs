using System.Globalization;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Health;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.LoadBalancing.Outliers;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Troubles;

/// <summary>Finds the current troubles.</summary>
internal static class TroubleSearch
{
    // For an application without a health check: consecutive requests without a response.
    private const int Failures = 3;

    /// <summary>Returns the troubles known to this process.</summary>
    internal static IReadOnlyCollection<Trouble> In(
        BootstrapSpec bootstrap, ApplicationHealth health, DataPlane plane, IEnumerable<NodeLiveness> nodes) =>
    [
        .. Applications(bootstrap, health, plane.Inspection.Applications()),
        .. plane.Inspection.Ejected().Select(
            view => new Trouble(TroubleKind.InstanceEjected, view.Service, view.Id, view.Node, view.Address.ToString(), view.Cause.Word())),
        .. nodes.Where(node => !node.Alive).Select(
            node => new Trouble(
                TroubleKind.NodeGone, "", "", node.Record.Node, node.Record.Admin ?? "", "its record is no longer renewed")),
    ];

    private static IEnumerable<Trouble> Applications(BootstrapSpec bootstrap, ApplicationHealth health, IReadOnlyList<EndpointView> views)
    {
        foreach (var service in bootstrap.Sidecar?.Services ?? [])
        {
            var reason = service.Health is not null ? health.Failure(service)
                : views.FirstOrDefault(view => view.Id == $"inbound/{service.Name}") is
                {
                    ConsecutiveFailures: >= Failures and var count,
                } ? string.Create(
                    CultureInfo.InvariantCulture, $"{count} consecutive requests got no response")
                : null;
            if (reason is not null)
            {
                yield return new Trouble(
                    TroubleKind.ApplicationDown,
                    service.Name,
                    service.Id,
                    bootstrap.Node,
                    new HostPort(service.Address, service.Port).ToString(),
                    reason);
            }
        }
    }
}
