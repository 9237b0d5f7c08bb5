using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Filters;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>A declared subset of a service's instances.</summary>
/// <param name="Filter">Filter in Consul's filter language; empty for all instances.</param>
/// <param name="OnlyPassing">True if instances with warning checks are unhealthy. Default: false.</param>
public sealed record SubsetEntry(string Filter, bool OnlyPassing)
{
    internal static SubsetEntry Bind(MappingReader reader) =>
        new(
            reader.Optional("filter", reader.IsLenient ? FilterExpression.TypeOfConsul : FilterExpression.Type, ""),
            reader.Optional("onlyPassing", ScalarTypes.Flag, false));
}
