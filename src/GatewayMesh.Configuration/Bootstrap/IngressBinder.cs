using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the section <c>ingress</c>.</summary>
internal static class IngressBinder
{
    // The port of the first listener with TLS, once all listeners are read.
    private const int FirstTls = 0;

    private static readonly ScalarType<ClientCertificates> Clients = ScalarTypes.Word<ClientCertificates>(
        [("none", ClientCertificates.None), ("optional", ClientCertificates.Optional), ("required", ClientCertificates.Required)]);

    private static readonly ScalarType<int> Version = ScalarTypes.Word<int>([("1.2", 12), ("1.3", 13)]);

    private static readonly ScalarType<PathSpelling> Paths = ScalarTypes.Word<PathSpelling>(
        [("normalize", PathSpelling.Normalize), ("reject", PathSpelling.Reject), ("off", PathSpelling.Off)]);

    private static readonly ScalarType<int?> Redirect = new("set true, or the port of a listener with TLS", text => text switch
    {
        "true" => Scalar.Good<int?>(FirstTls),
        "false" => Scalar.Good<int?>(null),
        _ when ScalarTypes.Port.Read(text) is { Message: null } port => Scalar.Good<int?>(port.Value),
        _ => Scalar.Bad<int?>($"{Quoted.Of(text)} is neither true nor a port", "set true, or the port of a listener with TLS"),
    });

    public static IngressSpec Bind(MappingReader reader, AddressClaims claims, Func<string, SourceLocation, string> path)
    {
        var defaults = new IngressSpec();
        var ports = new HashSet<int>();
        var trusted = reader.List("trustedProxies", ScalarTypes.Network);
        var redirects = new List<(int? Port, MappingReader Reader)>();
        var listeners = reader.Items("listeners", listener =>
        {
            var spec = BindListener(listener, ports, claims, path);
            redirects.Add((spec.Redirect, listener));
            if (spec.ProxyProtocol && trusted.IsEmpty && !reader.Has("trustedProxies"))
            {
                listener.Fail(
                    "proxyProtocol", "has no effect without trusted proxies", "list the networks of the proxies in ingress.trustedProxies");
            }

            return spec;
        });
        return new IngressSpec
        {
            Address = reader.Optional("address", ScalarTypes.Host, defaults.Address),
            IsAddressStated = reader.Has("address"),
            Service = reader.Optional("service", ScalarTypes.Name, defaults.Service),
            Listeners = Resolve(listeners, redirects),
            TrustedProxies = trusted,
        };
    }

    private static IngressListenerSpec BindListener(
        MappingReader reader, HashSet<int> ports, AddressClaims claims, Func<string, SourceLocation, string> path)
    {
        var address = reader.Optional("address", ScalarTypes.IP, IPAddress.Any);
        var port = reader.Required("port", ScalarTypes.Port);

        // The entry identifies a listener by its port alone, so ports must be unique.
        if (port > 0 && !ports.Add(port))
        {
            reader.Fail("port", $"the port {port} is used twice", "use one listener per port");
        }
        else if (port > 0)
        {
            claims.Add(new IPEndPoint(address, port), reader, "port");
        }

        var tls = reader.Has("tls");
        var section = reader.Section("tls", section => tls ? BindTls(section, path) : null);
        return new IngressListenerSpec(new IPEndPoint(address, port))
        {
            Tls = section,
            Redirect = reader.Optional("redirect", Redirect, null),
            ProxyProtocol = reader.Optional("proxyProtocol", ScalarTypes.Flag, false),
            Paths = reader.Optional("paths", Paths, PathSpelling.Normalize),
        };
    }

    private static IngressTlsSpec BindTls(MappingReader reader, Func<string, SourceLocation, string> path)
    {
        if (!reader.Has("certificates"))
        {
            reader.Fail("certificates", "is missing", "set certificates: [ { cert: x.pem, key: x.key } ]");
        }

        var tls = new IngressTlsSpec
        {
            Certificates = reader.Items(
                "certificates",
                item => new CertificateFileSpec(File(item, "cert", path), File(item, "key", path), item.Location, item.Path)),
            ClientCertificates = reader.Optional("clientCertificates", Clients, ClientCertificates.None),
            ClientCa = reader.Has("clientCa")
                ? new ClientAuthoritySpec(File(reader, "clientCa", path), reader.LocationOf("clientCa"), reader.PathOf("clientCa"))
                : null,
            MinVersion = reader.Optional("minVersion", Version, 12),
        };
        if (reader.Has("certificates") && tls.Certificates.IsEmpty)
        {
            reader.Fail("certificates", "is empty", "set certificates: [ { cert: x.pem, key: x.key } ]");
        }

        if (tls.ClientCertificates != ClientCertificates.None && tls.ClientCa is null)
        {
            reader.Fail("clientCertificates", "requires clientCa to verify certificates", "set clientCa: ca.pem");
        }
        else if (tls.ClientCertificates == ClientCertificates.None && tls.ClientCa is not null)
        {
            reader.Fail(
                "clientCa",
                "has no effect: clients are not asked for a certificate",
                "set clientCertificates: required (or optional), or remove clientCa");
        }

        return tls;
    }

    private static ImmutableArray<IngressListenerSpec> Resolve(
        ImmutableArray<IngressListenerSpec> listeners, List<(int? Port, MappingReader Reader)> redirects)
    {
        var secure = listeners.Where(listener => listener.Tls is not null).Select(listener => listener.Port).ToList();
        var resolved = listeners.ToBuilder();
        for (var i = 0; i < listeners.Length; i++)
        {
            if (redirects[i].Port is not { } port)
            {
                continue;
            }

            var target = port == FirstTls ? secure.FirstOrDefault() : port;
            var reader = redirects[i].Reader;
            if (listeners[i].Tls is not null)
            {
                reader.Fail("redirect", "conflicts with tls of the same listener", "remove redirect");
            }
            else if (target == 0)
            {
                reader.Fail(
                    "redirect", "no listener has TLS", "add tls to a listener, or set the port on which clients reach a TLS listener");
            }
            else if (target == listeners[i].Port)
            {
                reader.Fail(
                    "redirect",
                    string.Create(CultureInfo.InvariantCulture, $"{target} is the port of this listener"),
                    "set the port of a listener with TLS");
            }

            resolved[i] = listeners[i] with { Redirect = target };
        }

        return resolved.ToImmutable();
    }

    private static string File(MappingReader reader, string key, Func<string, SourceLocation, string> path) =>
        reader.Required(key, ScalarTypes.Text) is { } file ? path(file, reader.LocationOf(key)) : "";
}
