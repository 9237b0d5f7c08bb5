using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the sections <c>gateway</c> and <c>ingress</c>.</summary>
internal static class EdgeBinder
{
    public static GatewaySpec BindGateway(MappingReader reader, AddressClaims claims)
    {
        var defaults = new GatewaySpec();
        var gateway = new GatewaySpec
        {
            Address = reader.Optional("address", ScalarTypes.Host, defaults.Address),
            Listen = reader.Optional("listen", ScalarTypes.Address, defaults.Listen),
            GuardListen = reader.Optional("guardListen", ScalarTypes.Address, defaults.GuardListen),
            Service = reader.Optional("service", ScalarTypes.Name, defaults.Service),
            Group = reader.Optional("group", ScalarTypes.Name, defaults.Group),
            MaxConcurrentRequests = reader.Optional("maxConcurrentRequests", ScalarTypes.Number(1, 1_000_000), defaults.MaxConcurrentRequests),
            MaxCarriedAge = reader.Optional("maxCarriedAge", ScalarTypes.Duration, defaults.MaxCarriedAge),
        };
        claims.Add(gateway.Listen, reader, "listen");
        claims.Add(gateway.GuardListen, reader, "guardListen");
        return gateway;
    }

    public static IngressSpec BindIngress(MappingReader reader, AddressClaims claims)
    {
        var defaults = new IngressSpec();
        var ports = new HashSet<int>();
        return new IngressSpec
        {
            Address = reader.Optional("address", ScalarTypes.Host, defaults.Address),
            Service = reader.Optional("service", ScalarTypes.Name, defaults.Service),
            Listeners = reader.Items("listeners", listener => BindListener(listener, ports, claims)),
            TrustedProxies = reader.List("trustedProxies", ScalarTypes.Network),
        };
    }

    private static IPEndPoint BindListener(MappingReader reader, HashSet<int> ports, AddressClaims claims)
    {
        var address = reader.Optional("address", ScalarTypes.IP, IPAddress.Any);
        var port = reader.Required("port", ScalarTypes.Port);
        reader.NotYet("tls", "leave it out and listen in plain HTTP");

        // The entry knows a listener by its port alone, so one port cannot mean two listeners.
        if (port > 0 && !ports.Add(port))
        {
            reader.Fail("port", $"the port {port} stands twice", "keep one listener for each port");
        }
        else if (port > 0)
        {
            claims.Add(new IPEndPoint(address, port), reader, "port");
        }

        return new IPEndPoint(address, port);
    }
}
