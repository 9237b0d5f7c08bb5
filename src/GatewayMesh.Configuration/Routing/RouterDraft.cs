using GatewayMesh.Configuration.Entries.Routers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A router during compilation.</summary>
internal sealed class RouterDraft(ServiceRouterEntry entry) : Draft
{
    /// <summary>Entry of the router.</summary>
    public ServiceRouterEntry Entry { get; } = entry;

    /// <summary>Routes; the last has no entry.</summary>
    public List<(RouteEntry? Route, Draft Next)> Routes { get; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Draft> Next => Routes.Select(route => route.Next);
}
