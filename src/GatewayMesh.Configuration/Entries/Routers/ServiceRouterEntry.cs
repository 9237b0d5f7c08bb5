using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary>
/// <c>kind: service-router</c>, as in Consul: routes for a service's requests by their properties. Requests without a matching route go to
/// the service itself.
/// </summary>
public sealed record ServiceRouterEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service-router";

    /// <summary>Routes; the first match decides.</summary>
    public ImmutableArray<RouteEntry> Routes { get => field.IsDefault ? [] : field; init; } = [];

    internal static ServiceRouterEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        _ = reader.Map("meta");
        return new ServiceRouterEntry { Name = name, Origin = origin, Routes = reader.Items("routes", RouteEntry.Bind) };
    }
}
