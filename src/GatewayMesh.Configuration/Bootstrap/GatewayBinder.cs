using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>gateway</c>.</summary>
internal static class GatewayBinder
{
    public static GatewaySpec Bind(MappingReader reader, AddressClaims claims)
    {
        var defaults = new GatewaySpec();
        var gateway = new GatewaySpec
        {
            Address = reader.Optional("address", ScalarTypes.Host, defaults.Address),
            Listen = reader.Optional("listen", ScalarTypes.Address, defaults.Listen),
            GuardListen = reader.Optional("guardListen", ScalarTypes.Address, defaults.GuardListen),
            Service = reader.Optional("service", ScalarTypes.Name, defaults.Service),
            Group = reader.Optional("group", ScalarTypes.Name, defaults.Group),
            MaxConcurrentRequests = reader.Optional(
                "maxConcurrentRequests", ScalarTypes.Number(1, 1_000_000), defaults.MaxConcurrentRequests),
            AdaptiveConcurrency = defaults.AdaptiveConcurrency.Under(reader.Section("adaptiveConcurrency", AdaptiveConcurrencyEntry.Bind)),
            MaxCarriedAge = reader.Optional("maxCarriedAge", ScalarTypes.Duration, defaults.MaxCarriedAge),
        };
        claims.Add(gateway.Listen, reader, "listen");
        claims.Add(gateway.GuardListen, reader, "guardListen");
        return gateway;
    }
}
