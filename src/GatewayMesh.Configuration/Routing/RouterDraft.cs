using GatewayMesh.Configuration.Entries.Routers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A router in the making.</summary>
internal sealed class RouterDraft(ServiceRouterEntry entry) : Draft
{
    /// <summary>Its entry.</summary>
    public ServiceRouterEntry Entry { get; } = entry;

    /// <summary>Its routes; the last has no entry.</summary>
    public List<(RouteEntry? Route, Draft Next)> Routes { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Draft> Next => Routes.Select(route => route.Next);
}
