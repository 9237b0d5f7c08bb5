using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>sidecar</c>.</summary>
internal static class SidecarBinder
{
    private static readonly ScalarType<string> Protocol = ScalarTypes.Word<string>(
        [("http", "http"), ("http2", "http2"), ("grpc", "grpc")], ("tcp", "set protocol: http"));

    private static readonly ScalarType<string> Path = ScalarTypes.Text.Where(
        path => path[0] == '/' && path.All(c => c is > ' ' and < '\x7f'), "is not a path", "use a path such as /healthz");

    public static SidecarSpec Bind(MappingReader reader, string node, bool mutual, AddressClaims claims)
    {
        var defaults = new SidecarSpec();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return new SidecarSpec
        {
            Address = reader.Optional("address", ScalarTypes.Host, defaults.Address),
            Services = reader.Items("services", service => BindService(service, node, mutual, names, ids, claims)),
            Guard = reader.Section("guard", BindGuard),
        };
    }

    private static LocalServiceSpec BindService(
        MappingReader reader, string node, bool mutual, HashSet<string> names, HashSet<string> ids, AddressClaims claims)
    {
        var name = reader.Required("name", ScalarTypes.Name) ?? "";
        var spec = new LocalServiceSpec
        {
            Name = name,
            Id = reader.Optional("id", ScalarTypes.Name, $"{name}-{node}"),
            Address = reader.Optional("address", ScalarTypes.Host, "127.0.0.1"),
            Port = reader.Required("port", ScalarTypes.Port),
            Protocol = reader.Optional("protocol", Protocol, "http"),
            Outbound = reader.Optional<IPEndPoint?>("outbound", ScalarTypes.Address!, null),
            Inbound = reader.Optional<IPEndPoint?>("inbound", ScalarTypes.Address!, null),
            Health = reader.Has("health") ? reader.Section("health", BindHealth) : null,
            Weight = reader.Optional("weight", ScalarTypes.Number(1, 65535), 1),
            Tags = reader.List("tags", ScalarTypes.Text),
            Meta = reader.Map("meta"),
            RegisteredProxy = reader.Has("registeredProxy") ? reader.Optional("registeredProxy", ScalarTypes.Text, "") : null,
            GatewayGroup = reader.Optional("gatewayGroup", ScalarTypes.Name, "default"),
            ClientIdentity = reader.Optional("clientIdentity", ScalarTypes.Flag, false),
            ClientGroup = reader.Has("clientGroup") ? reader.Optional("clientGroup", ScalarTypes.Text, "") : null,
        };
        claims.Add(spec.Outbound, reader, "outbound");
        claims.Add(spec.Inbound, reader, "inbound");
        var upstreams = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        spec = spec with { Upstreams = reader.Items("upstreams", upstream => BindUpstream(upstream, upstreams, claims)) };
        if (spec.ClientIdentity && !mutual)
        {
            reader.Fail(
                "clientIdentity",
                "has no effect with identity: plaintext",
                "set identity: mtls, or remove clientIdentity: the client library needs no identity in plaintext");
        }

        if (spec.ClientGroup is not null && !spec.ClientIdentity)
        {
            reader.Fail("clientGroup", "requires clientIdentity: true", "add clientIdentity: true, or remove clientGroup");
        }

        if (name.Length > 0 && !names.Add(name))
        {
            reader.Fail("name", $"the service {name} is listed twice in this sidecar", "list each service once");
        }

        if (name.Length > 0 && !ids.Add(spec.Id))
        {
            reader.Fail("id", $"the id {spec.Id} is used twice in this sidecar", "give each instance its own id");
        }

        if (spec.Inbound is null
            && spec.Outbound is null
            && spec.Upstreams.IsEmpty
            && !reader.Has("inbound")
            && !reader.Has("outbound")
            && !reader.Has("upstreams"))
        {
            reader.Fail("has no inbound and no outbound listener", "add outbound: 127.0.0.1:15001, or inbound: 0.0.0.0:20001, or both");
        }

        return spec;
    }

    private static UpstreamSpec BindUpstream(MappingReader reader, HashSet<string> seen, AddressClaims claims)
    {
        var service = reader.Required("service", ScalarTypes.Service) ?? "";
        var address = reader.Optional("address", ScalarTypes.IP, IPAddress.Loopback);
        var port = reader.Required("port", ScalarTypes.Port);
        var upstream = new UpstreamSpec(service, new IPEndPoint(address, port));
        if (port > 0)
        {
            claims.Add(upstream.Address, reader, "port");
        }

        if (service.Length > 0 && !seen.Add(service))
        {
            reader.Fail("service", $"the upstream {service} is listed twice", "remove one of them");
        }

        return upstream;
    }

    private static HealthSpec BindHealth(MappingReader reader)
    {
        var defaults = new HealthSpec();
        var http = reader.Has("http");
        var tcp = reader.Optional("tcp", ScalarTypes.Flag, false);
        if (http == tcp)
        {
            reader.Fail(
                http ? "is both an http and a tcp check" : "is neither an http nor a tcp check", "set either http: /healthz or tcp: true");
        }

        return new HealthSpec
        {
            Http = http ? reader.Optional("http", Path, "/") : null,
            Interval = reader.Optional("interval", ScalarTypes.Duration, defaults.Interval),
            Timeout = reader.Optional("timeout", ScalarTypes.Duration, defaults.Timeout),
        };
    }

    private static GuardSpec BindGuard(MappingReader reader)
    {
        var defaults = new GuardSpec();
        var guard = new GuardSpec
        {
            ProbeInterval = reader.Optional("probeInterval", ScalarTypes.Duration, defaults.ProbeInterval),
            ProbeTimeout = reader.Optional("probeTimeout", ScalarTypes.Duration, defaults.ProbeTimeout),
            ProbeFailures = reader.Optional("probeFailures", ScalarTypes.Number(1, 1000), defaults.ProbeFailures),
            RestartBackoff = reader.Optional("restartBackoff", ScalarTypes.Duration, defaults.RestartBackoff),
            RestartBackoffMax = reader.Optional("restartBackoffMax", ScalarTypes.Duration, defaults.RestartBackoffMax),
            FailbackAfter = reader.Optional("failbackAfter", ScalarTypes.Wait, defaults.FailbackAfter),
        };
        if (guard.RestartBackoff > guard.RestartBackoffMax)
        {
            reader.Fail("restartBackoff", "is longer than restartBackoffMax", "make restartBackoffMax the longer one");
        }

        return guard;
    }
}
