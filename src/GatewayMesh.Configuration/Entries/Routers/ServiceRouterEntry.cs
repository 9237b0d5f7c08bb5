using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary><c>kind: service-router</c>, as Consul has it: requests for a service go different ways by what they look like. What no route takes goes on to the service itself.</summary>
public sealed record ServiceRouterEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service-router";

    /// <summary>Its routes: the first that matches decides.</summary>
    public ImmutableArray<RouteEntry> Routes { get; init; } = [];

    internal static ServiceRouterEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        _ = reader.Map("meta");
        return new ServiceRouterEntry { Name = name, Origin = origin, Routes = reader.Items("routes", RouteEntry.Bind) };
    }
}
