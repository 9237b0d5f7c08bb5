using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Filters;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>A subset of a service's instances, as declared.</summary>
/// <param name="Filter">Which instances, as an expression of Consul's filter language; empty for all.</param>
/// <param name="OnlyPassing">Whether instances whose checks warn are unfit too. Default: false.</param>
public sealed record SubsetEntry(string Filter, bool OnlyPassing)
{
    internal static SubsetEntry Bind(MappingReader reader) =>
        new(reader.Optional("filter", reader.IsLenient ? FilterExpression.TypeOfConsul : FilterExpression.Type, ""), reader.Optional("onlyPassing", ScalarTypes.Flag, false));
}
